import type { ClientDraft, Decoded, ServerMessage } from '../../proto/wire.js';
import type { EarshotError } from './earshot-error.js';

/** A connection to the server, open or being opened, as every transport provides it to a stream. */
export interface Connection {
  /** Sends a message. False means that the buffer is now full: the sender should wait for `drained` before it sends more. */
  send(message: ClientDraft): boolean;
  /** Closes the connection normally, which tells the server that the stream is over. Nothing may be sent afterwards. */
  close(): void;
  /** Breaks the connection at once: the server keeps the stream, so that another connection can resume it. */
  drop(): void;
}

/** The events of a connection, which the transport reports to the stream. */
export interface ConnectionEvents {
  /** Messages can be sent. */
  opened(): void;
  received(message: Decoded<ServerMessage>): void;
  /** After `send` returned false: the buffer has room again. */
  drained(): void;
  /** The connection has ended, and why. Also called after `close()` and `drop()`. */
  ended(error: EarshotError): void;
}

/**
 * Starts to connect. No event is reported before the connection has been returned. Throws EarshotError, or rejects with it, when
 * the attempt cannot even be started.
 */
export type Connect = (events: ConnectionEvents) => Connection | Promise<Connection>;
