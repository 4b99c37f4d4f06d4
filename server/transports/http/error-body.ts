import { randomUUID } from 'node:crypto';
import type { Refusal } from '../../domain/error-code.js';
import { isRetryable } from '../../../proto/error-code.js';

/** What an HTTP answer says of a refusal. */
export const errorBody = ({ code, message, requestId = randomUUID() }: Refusal & { requestId?: string }): string =>
  JSON.stringify({ error: { code, message, retryable: isRetryable[code], request_id: requestId } });

/** The header that goes with 401 (RFC 9110 §11.6.1). */
export const CHALLENGE = 'Bearer realm="earshot"';
