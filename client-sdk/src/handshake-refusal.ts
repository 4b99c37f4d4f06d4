import type { IncomingMessage } from 'node:http';
import { ERROR_CODES, type ErrorCode } from '../../proto/wire.js';
import { EarshotError, type ClientErrorCode } from './earshot-error.js';

const LONGEST_BODY = 64 * 1024;
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'permission_denied',
  429: 'too_many_sessions',
  503: 'overloaded',
};
/** Of an answer that is not Earshot's: too many requests, and failures of a server or proxy. */
const isWorthRetrying = (status: number): boolean => status === 429 || status >= 500;

/** Converts an HTTP response that refused the WebSocket handshake into an error; never rejects. */
export async function refusalOf(response: IncomingMessage): Promise<EarshotError> {
  const status = response.statusCode ?? 0;
  const { code, message, retryable } = errorIn(await textOf(response).catch(() => ''));
  return new EarshotError(
    code ?? CODES[status] ?? ('connect_failed' satisfies ClientErrorCode),
    message ?? `the server answered the handshake with HTTP ${status}`,
    { retryable: retryable ?? isWorthRetrying(status) },
  );
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) {
    text += String(part);
    if (text.length > LONGEST_BODY) return '';
  }
  return text;
}

function errorIn(body: string): { code?: ErrorCode; message?: string; retryable?: boolean } {
  try {
    const { error } = JSON.parse(body) as { error: { code: unknown; message: unknown; retryable: unknown } };
    const code = ERROR_CODES.find((known) => known === error.code);
    return {
      ...(code && { code }),
      ...(typeof error.message === 'string' && { message: error.message }),
      ...(typeof error.retryable === 'boolean' && { retryable: error.retryable }),
    };
  } catch {
    return {};
  }
}
