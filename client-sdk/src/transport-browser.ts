import type { ClientDraft } from '../../proto/client-messages.js';
import type { Codec } from './codec.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError } from './earshot-error.js';
import { ask, isText, type StreamOptions } from './stream-options.js';
import { streamUrl } from './stream-url.js';

/** Bytes that may wait in the socket before `send` asks its caller to wait. */
const BUFFER_LIMIT = 64 * 1024;
/** Milliseconds between looks at the buffer: browsers have no event that tells when it has emptied. */
const LOOK_AGAIN_MS = 50;
const NORMAL_CLOSURE = 1000;
/** A close code from the private range: unlike after 1000, the server keeps the stream, so that it can be resumed. */
const DROPPED = 4000;

/** The part of the browser's WebSocket that is used here; Node's built-in WebSocket has it too. */
interface BrowserSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly protocol: string;
  send(content: string | Uint8Array): void;
  close(code: number): void;
  addEventListener(type: string, listener: (event: { data?: unknown; code?: number; reason?: string }) => void): void;
}

type BrowserSocketClass = new (url: URL, protocols: readonly string[]) => BrowserSocket;

/** Start of the sub-protocol that carries a credential, because browsers cannot send headers. */
const BEARER_PROTOCOL = 'earshot.bearer.';
/** A credential made only of characters that a sub-protocol may contain (RFC 9110 §5.6.2). */
const TOKEN_SHAPE = /^[\w.~+-]*$/;

/** Connects over the browser's WebSocket. Throws EarshotError `bad_request` for `headers`, and for an invalid `url`. */
export const browserTransport = ({ url, headers, token }: StreamOptions, codec: Codec): Connect => {
  if ((headers ?? null) !== null)
    throw new EarshotError('bad_request', 'headers cannot be sent by a browser; give the credential as token');
  const resolved = (address: string | URL): URL => streamUrl(address, pageAddress());
  if (typeof url !== 'function') resolved(url);
  return async (events) => {
    const { WebSocket } = globalThis as unknown as { WebSocket: BrowserSocketClass };
    const [address, credential] = await Promise.all([ask(url), ask(token ?? '')]);
    if (!isText(credential, TOKEN_SHAPE))
      throw new EarshotError('bad_request', 'token has characters that a browser cannot send');
    const protocols = [codec.subProtocol, ...(credential === '' ? [] : [BEARER_PROTOCOL + credential])];
    return new BrowserConnection(new WebSocket(resolved(address), protocols), codec, events);
  };
};

/** The base of relative addresses: the address of the page; undefined outside a page. */
const pageAddress = (): string | undefined => (globalThis as { location?: { href: string } }).location?.href;

class BrowserConnection implements Connection {
  readonly #socket: BrowserSocket;
  readonly #codec: Codec;
  readonly #events: ConnectionEvents;
  #hasOpened = false;
  #looking: ReturnType<typeof setTimeout> | null = null;

  constructor(socket: BrowserSocket, codec: Codec, events: ConnectionEvents) {
    this.#socket = socket;
    this.#codec = codec;
    this.#events = events;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      this.#hasOpened = true;
      events.opened();
    });
    socket.addEventListener('message', ({ data }) =>
      events.received(codec.decode(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))),
    );
    socket.addEventListener('close', ({ code = 0, reason = '' }) => this.#ended(code, reason));
  }

  send(message: ClientDraft): boolean {
    this.#socket.send(this.#codec.encode(message));
    if (this.#socket.bufferedAmount <= BUFFER_LIMIT) return true;
    this.#look();
    return false;
  }

  close(): void {
    this.#socket.close(NORMAL_CLOSURE);
  }

  drop(): void {
    this.#socket.close(DROPPED);
  }

  #look(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = null;
      if (this.#socket.bufferedAmount > BUFFER_LIMIT) this.#look();
      else this.#events.drained();
    }, LOOK_AGAIN_MS);
  }

  #ended(closeCode: number, reason: string): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    const code = this.#hasOpened ? 'disconnected' : 'connect_failed';
    const message = `${reason || 'the browser gives no reason'} (close code ${closeCode})`;
    this.#events.ended(new EarshotError(code, message, { retryable: true, closeCode }));
  }
}
