import { MODEL_RATE, type Hertz } from '../domain/units.js';
import { windowedSinc, type WindowedSinc } from './windowed-sinc.js';

/** What every stream of one rate shares: the exact ratio to {@link MODEL_RATE} and the filter. */
export interface Resampling {
  /** The ratio of the rates in lowest terms: `up` outputs for every `down` inputs. */
  readonly up: number;
  readonly down: number;
  readonly filter: WindowedSinc;
  /** Whether the filter has fewer phases than the ratio, and outputs are interpolated between two rows. */
  readonly isInterpolated: boolean;
}

/** Up to here a filter has a row for every phase: enough for 11,025 Hz, whose ratio is 640 : 441. */
const MOST_EXACT_PHASES = 640;

/** Rows of an interpolated filter per sample of the slower rate: the error of a straight line stays below −100 dB. */
const INTERPOLATED_PHASES = 1024;

/** Filters kept for the next stream of their rate; a stream holds on to its own. At most about 350 kB each. */
const MOST_KEPT = 16;
const kept = new Map<Hertz, Resampling>();

/** The ratio and filter from `rate` to {@link MODEL_RATE}, shared by the streams of that rate. */
export function resamplingFrom(rate: Hertz): Resampling {
  const resampling = kept.get(rate) ?? plan(rate);
  kept.delete(rate);
  kept.set(rate, resampling);
  for (const leastRecent of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(leastRecent);
  }
  return resampling;
}

function plan(rate: Hertz): Resampling {
  const divisor = greatestCommonDivisor(rate, MODEL_RATE);
  const up = MODEL_RATE / divisor;
  const isInterpolated = up > MOST_EXACT_PHASES;
  const phases = isInterpolated ? Math.ceil(INTERPOLATED_PHASES * Math.min(1, MODEL_RATE / rate)) : up;
  return { up, down: rate / divisor, filter: windowedSinc(rate, phases), isInterpolated };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
