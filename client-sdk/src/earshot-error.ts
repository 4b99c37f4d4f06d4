import type { ErrorCode, ErrorMessage } from '../../proto/wire.js';

/** Codes of the errors that the client itself reports; the server's own codes are `ErrorCode`. */
export type ClientErrorCode =
  /** A connection could not be established: nothing is listening, the host is unknown, or the answer was not Earshot's. */
  | 'connect_failed'
  /** The server was not ready within `connectTimeoutMs`. */
  | 'connect_timeout'
  /** The connection was lost: it ended without `closed` and without an error from the server, or the server fell silent. */
  | 'disconnected'
  /** `abort()` was called, or an AbortSignal fired (its reason is the `cause`). */
  | 'aborted'
  /** The method is not allowed in the stream's state, for example `send` after `close()`. */
  | 'invalid_state'
  /** `bufferMs` of audio is waiting for the server: this chunk was not accepted. The stream goes on. */
  | 'buffer_full'
  /** Nobody reads the messages: more than 16384 are waiting. */
  | 'unread'
  /** The server sent something that is not a valid message of the protocol, or is not allowed at that point. */
  | 'protocol_violation';

/** Optional properties of an EarshotError. */
export interface ErrorDetail {
  readonly retryable?: boolean;
  readonly closeCode?: number;
  readonly serverMessage?: ErrorMessage;
  readonly cause?: unknown;
}

/** Why a stream could not be opened or did not end with `closed`, or why a call was refused; see `code`. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';
  readonly code: ErrorCode | ClientErrorCode;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** WebSocket close code or gRPC status number; null when the error did not come with one. */
  readonly closeCode: number | null;
  /** The server's `error` message; null when it sent none. */
  readonly serverMessage: ErrorMessage | null;

  constructor(code: ErrorCode | ClientErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.retryable = detail.retryable ?? false;
    this.closeCode = detail.closeCode ?? null;
    this.serverMessage = detail.serverMessage ?? null;
  }

  /** Makes an EarshotError from a server's `error` message. */
  static from(serverMessage: ErrorMessage): EarshotError {
    const { code, message, retryable } = serverMessage;
    return new EarshotError(code, message, { retryable, serverMessage });
  }
}
