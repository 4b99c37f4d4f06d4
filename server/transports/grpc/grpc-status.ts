import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { ErrorCode, Refusal } from '../../domain/error-code.js';

const GRPC_STATUS: Readonly<Record<ErrorCode, status>> = {
  bad_request: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  permission_denied: status.PERMISSION_DENIED,
  model_not_found: status.NOT_FOUND,
  start_timeout: status.DEADLINE_EXCEEDED,
  idle_timeout: status.DEADLINE_EXCEEDED,
  message_too_large: status.RESOURCE_EXHAUSTED,
  rate_exceeded: status.RESOURCE_EXHAUSTED,
  too_many_sessions: status.RESOURCE_EXHAUSTED,
  internal: status.INTERNAL,
  overloaded: status.UNAVAILABLE,
  draining: status.UNAVAILABLE,
};

/** The trailing metadata that carries the code itself. */
export const CODE_KEY = 'earshot-code';

/** The status that ends a refused call. */
export const statusFor = ({ code, message }: Refusal): StatusObject => {
  const metadata = new Metadata();
  metadata.set(CODE_KEY, code);
  return { code: GRPC_STATUS[code], details: message, metadata };
};
