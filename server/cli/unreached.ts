import { reasonOf } from '../domain/reason.js';
import { Failure } from './failure.js';

/** Why there was no connection: the code and the message of the root cause, in one line. */
const whyNot = (problem: unknown): string => {
  if (problem instanceof Error && problem.cause !== undefined) return whyNot(problem.cause);
  const code = codeOf(problem);
  // OpenSSL's own messages are places in its sources, and contain the code anyway.
  if (code.startsWith('ERR_SSL_')) return code;
  const reason = reasonOf(problem).replaceAll(/\s+/g, ' ');
  return reason.includes(code) ? reason : `${code} ${reason}`.trim();
};

/** The code that Node gave an error; empty where it has none. */
export const codeOf = (problem: unknown): string =>
  problem instanceof Error && 'code' in problem && typeof problem.code === 'string' ? problem.code : '';

/** The Failure of a command that needs a server and did not reach one at `address`. */
export const unreached = (address: string, problem: unknown): Failure =>
  new Failure(`no Earshot server answers at ${address}: start one with "earshot serve" (${whyNot(problem)})`);
