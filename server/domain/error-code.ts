import type { Milliseconds } from './units.js';

/** Every reason for which a request or a stream can be refused or ended; the same over every transport. */
export const ERROR_CODES = [
  'bad_request',
  'unauthenticated',
  'permission_denied',
  'model_not_found',
  'start_timeout',
  'idle_timeout',
  'message_too_large',
  'rate_exceeded',
  'too_many_sessions',
  'internal',
  'overloaded',
  'draining',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export const isErrorCode = (word: string): word is ErrorCode => (ERROR_CODES as readonly string[]).includes(word);

/** Why a request or a stream was refused or ended: what the caller is told. */
export interface Refusal {
  readonly code: ErrorCode;
  /** Names the offending value and what would be right. */
  readonly message: string;
  /** The same request will not succeed sooner than this; left out where that is not known. */
  readonly retryAfter?: Milliseconds;
}

export const refusal = (code: ErrorCode, message: string): Refusal => ({ code, message });

/** The result of a request that was refused; one that was granted has `ok: true`. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

export const refused = (why: Refusal): Refused => ({ ok: false, refusal: why });
