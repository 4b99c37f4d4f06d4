import { setTimeout as sleep } from 'node:timers/promises';
import { measurePaced, verdictOn, type PacedPlan } from './paced.js';

/** A server that refuses streams has to get over those it took before the next trial. */
const RECOVERY_MS = 10_000;

/**
 * Shares of the streams that the rate at full speed would allow; the first that holds counts. A short trial may hold a
 * little more than that.
 */
const SHARES = [1.2, 1.1, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.35, 0.2];

export interface Held {
  /** The most streams at speaking speed that were answered in time; 0 where none of the shares was. */
  readonly streams: number;
  readonly p99Ms: number;
  /** Whether the generator, on the same machine, was late in a trial with more streams. */
  readonly isGeneratorsLimit: boolean;
}

/** The most streams that a server holds, in steps, from a rate in frames a second of which each stream takes two. */
export const measureStreamsHeld = async (plan: Omit<PacedPlan, 'streams'>, framesPerSecond: number): Promise<Held> => {
  let isGeneratorsLimit = false;
  for (const share of SHARES) {
    const streams = Math.max(1, Math.floor((framesPerSecond * share) / 2));
    const paced = await measurePaced({ ...plan, streams }).catch(ifRefused);
    if (paced === null) await sleep(RECOVERY_MS);
    if (paced === null) continue;
    const verdict = verdictOn(paced);
    if (verdict === 'held') return { streams, p99Ms: paced.p99Ms, isGeneratorsLimit };
    if (verdict === 'late') isGeneratorsLimit = true;
  }
  return { streams: 0, p99Ms: NaN, isGeneratorsLimit };
};

/** A server that refuses a stream for its load holds fewer; every other failure is one. */
const ifRefused = (cause: unknown): null => {
  if (cause instanceof Error && cause.message.includes('"overloaded"')) return null;
  throw cause;
};
