import { setTimeout as sleep } from 'node:timers/promises';
import { measurePaced, verdictOn, type PacedPlan } from './paced.js';

/** Pause before the next trial, so that a server that refused streams can finish those that it accepted. */
const RECOVERY_MS = 10_000;

/**
 * The numbers of streams to try, as shares of what the rate at full speed would allow; the first that holds is the result. Some are
 * above 1, because a short trial may hold a little more than the rate allows.
 */
const SHARES = [1.2, 1.1, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.35, 0.2];

export interface Held {
  /** The most streams at speaking speed that were answered in time; 0 if no trial held. */
  readonly streams: number;
  readonly p99Ms: number;
  /** Whether the generator, on the same machine, was late in a trial with more streams. */
  readonly isGeneratorsLimit: boolean;
}

/** Finds in steps how many streams a server holds. `framesPerSecond` is its rate at full speed; each stream takes two frames of it. */
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

/** Null if the server refused a stream because of its load, so that it holds fewer; rethrows any other failure. */
const ifRefused = (cause: unknown): null => {
  if (cause instanceof Error && cause.message.includes('"overloaded"')) return null;
  throw cause;
};
