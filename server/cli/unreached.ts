import { reasonOf } from '../domain/reason.js';
import { Failure } from './failure.js';

/** Why a connection did not come about: the code and the message of what was at the bottom of it, in one line. */
const whyNot = (problem: unknown): string => {
  if (problem instanceof Error && problem.cause !== undefined) return whyNot(problem.cause);
  const code = codeOf(problem);
  // OpenSSL's own words are places in its sources, and name the code anyway.
  if (code.startsWith('ERR_SSL_')) return code;
  const reason = reasonOf(problem).replaceAll(/\s+/g, ' ');
  return reason.includes(code) ? reason : `${code} ${reason}`.trim();
};

/** The code that Node gave an error; empty where there is none. */
export const codeOf = (problem: unknown): string =>
  problem instanceof Error && 'code' in problem && typeof problem.code === 'string' ? problem.code : '';

/** A command that needs a server ends with this where it found none. */
export const unreached = (address: string, problem: unknown): Failure =>
  new Failure(`no Earshot server answers at ${address}: start one with "earshot serve" (${whyNot(problem)})`);
