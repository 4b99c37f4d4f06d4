/** Every way in which a request or a stream can be refused or ended; the same on every wire. */
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
