import type { ClientDraft, Decoded, ServerMessage } from '../../proto/wire.js';
import type { EarshotError } from './earshot-error.js';

/** What a stream needs of a transport. */
export interface Connection {
  /** Sends a message; false when so much is buffered that the sender should wait for `drained`. */
  send(message: ClientDraft): boolean;
  /** Ends the connection with a goodbye: the stream is over. No message follows. */
  close(): void;
  /** Ends the connection at once and without a goodbye: the server keeps the stream for another. */
  drop(): void;
}

/** What a transport tells its stream. */
export interface ConnectionEvents {
  /** Messages can be sent. */
  opened(): void;
  received(message: Decoded<ServerMessage>): void;
  /** The buffer is below its limit again. */
  drained(): void;
  /** The connection is gone, and why; also after `close()` and `drop()`. */
  ended(error: EarshotError): void;
}

/** Begins to connect; every event comes later than the connection is given. Throws, or rejects with, EarshotError where it cannot even begin. */
export type Connect = (events: ConnectionEvents) => Connection | Promise<Connection>;
