import type { ErrorCode } from '../../domain/error-code.js';
import type { StreamEnd } from '../../session/caller.js';

/** WebSocket close codes (RFC 6455 §7.4): the registered ones where one fits, else from the private range. */
const CLOSE_CODES: Readonly<Record<ErrorCode, number>> = {
  bad_request: 4400,
  unauthenticated: 4401,
  permission_denied: 4403,
  model_not_found: 4404,
  start_timeout: 4408,
  idle_timeout: 4408,
  message_too_large: 1009,
  rate_exceeded: 4429,
  too_many_sessions: 4429,
  internal: 4500,
  overloaded: 4503,
  draining: 4503,
};

/** The close code that says how a stream ended: 1000 normally, 1001 because the server ended it, else that of its error. */
export const closeCodeOf = (end: StreamEnd): number => {
  switch (end.kind) {
    case 'done':
      return 1000;
    case 'drained':
      return 1001;
    case 'refused':
      return CLOSE_CODES[end.code];
  }
};
