import { isRetryable } from '../../../proto/error-code.js';
import type { Failed } from '../failed-request.js';

/** The JSON body of an HTTP answer that refuses; `requestId` is the id of its entry in the log. */
export const errorBody = ({ code, message, requestId }: Failed): string =>
  JSON.stringify({ error: { code, message, retryable: isRetryable[code], request_id: requestId } });

/** The header that goes with 401 (RFC 9110 §11.6.1). */
export const CHALLENGE = 'Bearer realm="earshot"';
