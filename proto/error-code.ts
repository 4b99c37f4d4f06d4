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

/** Whether the same request may succeed later, unchanged. The server sends this; a client that got only the code looks it up here. */
export const isRetryable: Readonly<Record<ErrorCode, boolean>> = {
  bad_request: false,
  unauthenticated: false,
  permission_denied: false,
  model_not_found: false,
  start_timeout: true,
  idle_timeout: true,
  message_too_large: false,
  rate_exceeded: true,
  too_many_sessions: true,
  internal: true,
  overloaded: true,
  draining: true,
};
