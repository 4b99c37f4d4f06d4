import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import {
  decodeServerJson,
  decodeServerProto,
  encodeClientJson,
  encodeClientProto,
  type ClientDraft,
  type Decoded,
  type ServerMessage,
} from '../../proto/wire.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError } from './earshot-error.js';
import { refusalOf } from './handshake-refusal.js';

/** Bytes that may wait in the socket before `send` asks its caller to wait. */
const BUFFER_LIMIT = 64 * 1024;
const NORMAL_CLOSURE = 1000;

/** How messages travel in a WebSocket: audio as binary and the rest as JSON text, or everything as binary protobuf. */
export type WebSocketProtocol = 'json' | 'proto';

interface WebSocketOptions {
  readonly url: string | URL;
  readonly protocol: WebSocketProtocol;
  readonly headers: Readonly<Record<string, string>>;
}

/** Connects by WebSocket; `http:` and `https:` addresses work too, and a bare origin gets the path `/v1/stream`. */
export const webSocketTransport =
  ({ url, protocol, headers }: WebSocketOptions): Connect =>
  (events) =>
    new WebSocketConnection(
      new WebSocket(streamUrl(url), `earshot.v1.${protocol}`, { headers, perMessageDeflate: false }),
      protocol,
      events,
    );

/** The address of the stream; throws EarshotError `bad_request` when it is none. */
function streamUrl(url: string | URL): URL {
  const address = URL.canParse(String(url)) ? new URL(url) : null;
  if (address === null || !/^(ws|http)s?:$/.test(address.protocol)) {
    throw new EarshotError('bad_request', `url ${JSON.stringify(url)} is not a ws:, wss:, http: or https: address`);
  }
  if (address.pathname === '/') address.pathname = '/v1/stream';
  return address;
}

class WebSocketConnection implements Connection {
  readonly #socket: WebSocket;
  readonly #protocol: WebSocketProtocol;
  readonly #events: ConnectionEvents;
  #isFull = false;
  #lastError: Error | null = null;

  constructor(socket: WebSocket, protocol: WebSocketProtocol, events: ConnectionEvents) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#events = events;
    socket.on('open', () => events.opened());
    socket.on('message', (content, isBinary) => events.received(this.#read(content, isBinary)));
    socket.on('error', (error) => (this.#lastError = error));
    socket.on('close', (code, reason) => events.ended(this.#endedBy(code, reason.toString())));
    socket.on('unexpected-response', (_request, response) => this.#refused(response));
  }

  send(message: ClientDraft): boolean {
    const payload = this.#protocol === 'proto' ? encodeClientProto(message) : payloadOf(message);
    this.#socket.send(payload, () => this.#flushed());
    if (this.#socket.bufferedAmount > BUFFER_LIMIT) this.#isFull = true;
    return !this.#isFull;
  }

  close(): void {
    this.#socket.close(NORMAL_CLOSURE);
  }

  abort(): void {
    this.#socket.terminate();
  }

  #flushed(): void {
    if (!this.#isFull || this.#socket.bufferedAmount > BUFFER_LIMIT) return;
    this.#isFull = false;
    this.#events.drained();
  }

  #read(content: RawData, isBinary: boolean): Decoded<ServerMessage> {
    const bytes = content as Buffer;
    if (isBinary !== (this.#protocol === 'proto')) {
      return { ok: false, problem: `a ${isBinary ? 'binary' : 'text'} message came over earshot.v1.${this.#protocol}` };
    }
    return isBinary ? decodeServerProto(bytes) : decodeServerJson(bytes.toString());
  }

  #endedBy(closeCode: number, reason: string): EarshotError {
    const cause = this.#lastError;
    const why = cause?.message ?? (reason || 'no reason given');
    const code = this.#hasOpened() ? 'disconnected' : 'connect_failed';
    return new EarshotError(code, `${why} (close code ${closeCode})`, { retryable: true, closeCode, cause });
  }

  /** Once the handshake is done, the sub-protocol is known. */
  #hasOpened(): boolean {
    return this.#socket.protocol !== '';
  }

  #refused(response: IncomingMessage): void {
    void refusalOf(response).then((error) => {
      this.#events.ended(error);
      this.#socket.terminate();
    });
  }
}

const payloadOf = (message: ClientDraft): Uint8Array | string =>
  message.type === 'audio' ? message.bytes : encodeClientJson(message);
