import type { ErrorCode, ErrorMessage } from '../../proto/wire.js';

/** What can go wrong on the client's own side. */
export type ClientErrorCode =
  /** No connection came about: nobody listens, the host is unknown, or the answer was not Earshot's. */
  | 'connect_failed'
  /** The server was not ready in time. */
  | 'connect_timeout'
  /** The connection ended without `closed` and without an error from the server. */
  | 'disconnected'
  /** `abort()` was called, or the signal fired. */
  | 'aborted'
  /** The method does not fit the stream's state: audio after `close()`, say. */
  | 'invalid_state'
  /** Too much audio waits for the server: this chunk was not taken. */
  | 'buffer_full'
  /** More messages wait than anybody will read. */
  | 'unread'
  /** The server sent something that is no message of the protocol. */
  | 'protocol_violation';

/** More about an error, where it is known. */
export interface ErrorDetail {
  readonly retryable?: boolean;
  readonly closeCode?: number;
  readonly serverMessage?: ErrorMessage;
  readonly cause?: unknown;
}

/** Why a stream could not be opened, or ended otherwise than by `closed`. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';
  readonly code: ErrorCode | ClientErrorCode;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** WebSocket close code, or gRPC status number, if the connection got that far. */
  readonly closeCode: number | null;
  /** The server's own `error` message, if it sent one. */
  readonly serverMessage: ErrorMessage | null;

  constructor(code: ErrorCode | ClientErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.retryable = detail.retryable ?? false;
    this.closeCode = detail.closeCode ?? null;
    this.serverMessage = detail.serverMessage ?? null;
  }

  /** The error that a server's `error` message speaks of. */
  static from(serverMessage: ErrorMessage): EarshotError {
    const { code, message, retryable } = serverMessage;
    return new EarshotError(code, message, { retryable, serverMessage });
  }
}
