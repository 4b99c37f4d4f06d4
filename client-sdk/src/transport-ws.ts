import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ClientDraft } from '../../proto/wire.js';
import type { Codec } from './codec.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError } from './earshot-error.js';
import { refusalOf } from './handshake-refusal.js';
import { ask, headersFor, type StreamOptions } from './stream-options.js';
import { streamUrl } from './stream-url.js';

/** Bytes that may wait in the socket before `send` asks its caller to wait. */
const BUFFER_LIMIT = 64 * 1024;
const NORMAL_CLOSURE = 1000;
const CLOSE_TIMEOUT_MS = 2_000;

/** Connects over WebSocket; `http:` and `https:` addresses work too, and an address without a path gets `/v1/stream`. */
export const webSocketTransport = (options: StreamOptions, codec: Codec): Connect => {
  const { url } = options;
  if (typeof url !== 'function') streamUrl(url);
  return async (events) => {
    const [address, headers] = await Promise.all([ask(url), headersFor(options)]);
    const socket = new WebSocket(streamUrl(address), codec.subProtocol, { headers, perMessageDeflate: false });
    return new WebSocketConnection(socket, codec, events);
  };
};

class WebSocketConnection implements Connection {
  readonly #socket: WebSocket;
  readonly #codec: Codec;
  readonly #events: ConnectionEvents;
  #isFull = false;
  #lastError: Error | null = null;

  constructor(socket: WebSocket, codec: Codec, events: ConnectionEvents) {
    this.#socket = socket;
    this.#codec = codec;
    this.#events = events;
    socket.on('open', () => events.opened());
    socket.on('message', (content, isBinary) =>
      events.received(codec.decode(isBinary ? (content as Buffer) : (content as Buffer).toString())),
    );
    socket.on('error', (error) => (this.#lastError = error));
    socket.on('close', (code, reason) => events.ended(this.#endedBy(code, reason.toString())));
    socket.on('unexpected-response', (_request, response) => this.#refused(response));
  }

  send(message: ClientDraft): boolean {
    this.#socket.send(this.#codec.encode(message), () => this.#flushed());
    if (this.#socket.bufferedAmount > BUFFER_LIMIT) this.#isFull = true;
    return !this.#isFull;
  }

  close(): void {
    // The timer of a socket that has closed by itself would never be cleared, and would keep the process alive.
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close(NORMAL_CLOSURE);
    // A peer that does not answer must not keep the process alive.
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  drop(): void {
    this.#socket.terminate();
  }

  #flushed(): void {
    if (!this.#isFull || this.#socket.bufferedAmount > BUFFER_LIMIT) return;
    this.#isFull = false;
    this.#events.drained();
  }

  #endedBy(closeCode: number, reason: string): EarshotError {
    const cause = this.#lastError;
    const why = cause?.message ?? (reason || 'no reason given');
    const code = this.#hasOpened() ? 'disconnected' : 'connect_failed';
    return new EarshotError(code, `${why} (close code ${closeCode})`, { retryable: true, closeCode, cause });
  }

  /** Whether the handshake succeeded: the sub-protocol is empty before. */
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
