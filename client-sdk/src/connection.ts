import type { ClientDraft, Decoded, ServerMessage } from '../../proto/wire.js';
import type { EarshotError } from './earshot-error.js';

/** What a stream needs of a transport. */
export interface Connection {
  /** Sends a message; false when so much is buffered that the sender should wait for `drained`. */
  send(message: ClientDraft): boolean;
  /** Ends the connection in good order; no message follows. */
  close(): void;
  /** Ends the connection at once. */
  abort(): void;
}

/** What a transport tells its stream. */
export interface ConnectionEvents {
  /** Messages can be sent. */
  opened(): void;
  received(message: Decoded<ServerMessage>): void;
  /** The buffer is below its limit again. */
  drained(): void;
  /** The connection is gone, and why; also after `close()` and `abort()`. */
  ended(error: EarshotError): void;
}

/** Begins to connect; every event comes later than this returns. */
export type Connect = (events: ConnectionEvents) => Connection;
