import { randomUUID } from 'node:crypto';
import { refusal, type Refusal } from '../domain/error-code.js';
import type { Log } from '../domain/log.js';
import { CallerLeft } from '../session/caller-left.js';

/** Where a failed request is logged and counted. */
export interface Tellers {
  readonly log: Pick<Log, 'debug' | 'error'>;
  readonly count: () => void;
}

export interface Failed extends Refusal {
  readonly requestId: string;
}

/**
 * Logs and counts a request that failed inside the server; a caller that left is not a failure. Returns the refusal for its
 * caller, which gives the id to look for in the log, but not the cause.
 */
export const failedRequest = ({ log, count }: Tellers, cause: unknown, fields: object = {}): Failed => {
  const requestId = randomUUID();
  if (cause instanceof CallerLeft) log.debug({ requestId, ...fields }, cause.message);
  else {
    log.error({ requestId, err: cause, ...fields }, 'a request failed');
    count();
  }
  const message = `the request failed inside the server; its log says why, at request ${requestId}`;
  return { ...refusal('internal', message), requestId };
};
