import type { ClientDraft, Decoded, ServerMessage } from '../../proto/wire.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError } from './earshot-error.js';

/** What a link tells until it has ended. */
export interface LinkListener {
  opened(link: Link): void;
  received(reading: Decoded<ServerMessage>): void;
  drained(): void;
  ended(error: EarshotError): void;
}

/** One attempt at a connection, and the connection that comes of it. Tells nothing more once it has ended or was let go. */
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

  /** False when so much is buffered that the sender should wait for `drained`. */
  send(message: ClientDraft): boolean {
    return this.#connection?.send(message) ?? false;
  }

  /** Ends the connection with a goodbye. */
  close(): void {
    this.#letGo('close');
  }

  /** Ends the connection without a goodbye. */
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
