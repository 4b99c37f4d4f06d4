import type { ClientDraft, Decoded, ServerMessage } from '../../proto/wire.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError } from './earshot-error.js';

/** The events of a Link; none comes after `ended`. */
export interface LinkListener {
  opened(link: Link): void;
  received(reading: Decoded<ServerMessage>): void;
  drained(): void;
  ended(error: EarshotError): void;
}

/** One attempt to connect, and the connection that results. Reports no events after it has ended or was closed or dropped. */
export class Link implements ConnectionEvents {
  #listener: LinkListener | null;
  #connection: Connection | null = null;
  #isLetGo: 'close' | 'drop' | null = null;

  constructor(connect: Connect, listener: LinkListener) {
    this.#listener = listener;
    try {
      const connecting = connect(this);
      if ('then' in connecting)
        connecting.then((connection) => this.#connected(connection)).catch((cause: unknown) => this.#failed(cause));
      else this.#connected(connecting);
    } catch (cause) {
      queueMicrotask(() => this.#failed(cause));
    }
  }

  /** Sends a message. False means that the buffer is full: the sender should wait for `drained` before it sends more. */
  send(message: ClientDraft): boolean {
    return this.#connection?.send(message) ?? false;
  }

  /** Closes the connection normally: the stream is over. */
  close(): void {
    this.#letGo('close');
  }

  /** Breaks the connection: the server keeps the stream for resuming. */
  drop(): void {
    this.#letGo('drop');
  }

  opened(): void {
    this.#listener?.opened(this);
  }

  received(reading: Decoded<ServerMessage>): void {
    this.#listener?.received(reading);
  }

  drained(): void {
    this.#listener?.drained();
  }

  ended(error: EarshotError): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.ended(error);
  }

  #connected(connection: Connection): void {
    this.#connection = connection;
    if (this.#isLetGo) connection[this.#isLetGo]();
  }

  #failed(cause: unknown): void {
    const message = `the connection could not be attempted: ${String(cause)}`;
    this.ended(
      cause instanceof EarshotError ? cause : new EarshotError('connect_failed', message, { retryable: true, cause }),
    );
  }

  #letGo(how: 'close' | 'drop'): void {
    this.#listener = null;
    this.#isLetGo = how;
    this.#connection?.[how]();
  }
}
