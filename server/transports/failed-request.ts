import { randomUUID } from 'node:crypto';
import { refusal, type Refusal } from '../domain/error-code.js';
import type { Log } from '../domain/log.js';
import { CallerLeft } from '../session/caller-left.js';

export interface Failed extends Refusal {
  readonly requestId: string;
}

/** Logs what failed inside the server (a caller that left is no failure), and gives what the request's caller is told: not what failed, but the id to look for. */
export const failedRequest = (log: Pick<Log, 'debug' | 'error'>, cause: unknown, fields: object = {}): Failed => {
  const requestId = randomUUID();
  if (cause instanceof CallerLeft) log.debug({ requestId, ...fields }, cause.message);
  else log.error({ requestId, err: cause, ...fields }, 'a request failed');
  const message = `the request failed inside the server; its log says why, at request ${requestId}`;
  return { ...refusal('internal', message), requestId };
};
