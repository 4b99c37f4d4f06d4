import type { ErrorCode } from '../../domain/error-code.js';

const STATUS_CODES: Readonly<Record<ErrorCode, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  permission_denied: 403,
  model_not_found: 404,
  start_timeout: 408,
  idle_timeout: 408,
  message_too_large: 413,
  rate_exceeded: 429,
  too_many_sessions: 429,
  internal: 500,
  overloaded: 503,
  draining: 503,
};

/** The HTTP status (RFC 9110) of the answer to a refused request. */
export const statusOf = (code: ErrorCode): number => STATUS_CODES[code];
