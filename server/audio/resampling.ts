import { MODEL_RATE, type Hertz } from '../domain/units.js';
import type { MakePolyphase, Polyphase } from './polyphase.js';
import { windowedSinc } from './windowed-sinc.js';

/** What all streams of one rate share: the exact ratio to {@link MODEL_RATE} and the filter. */
export interface Resampling {
  /** The ratio of the rates in lowest terms: `up` outputs for every `down` inputs. */
  readonly up: number;
  readonly down: number;
  /** Samples in a row of the filter: `reach` before the output's place and as many after it. */
  readonly taps: number;
  readonly reach: number;
  readonly filter: Polyphase;
}

/** Most phases for which a filter has one row each: enough for 11,025 Hz, whose ratio is 640 : 441. */
const MOST_EXACT_PHASES = 640;

/** Rows of an interpolated filter per sample of the slower rate: the error of linear interpolation stays below −100 dB. */
const INTERPOLATED_PHASES = 1024;

/** Most filters kept for later streams of the same rate; open streams keep their own. At most about 450 kB each. */
const MOST_KEPT = 16;
const kept = new Map<MakePolyphase, Map<Hertz, Resampling>>();

/** The ratio and filter from `rate` to {@link MODEL_RATE}, shared by the streams of that rate. */
export function resamplingFrom(rate: Hertz, make: MakePolyphase): Resampling {
  const ofKind = kept.get(make) ?? new Map<Hertz, Resampling>();
  const resampling = ofKind.get(rate) ?? plan(rate, make);
  kept.set(make, ofKind);
  ofKind.delete(rate);
  ofKind.set(rate, resampling);
  for (const leastRecent of ofKind.keys()) {
    if (ofKind.size <= MOST_KEPT) break;
    ofKind.delete(leastRecent);
  }
  return resampling;
}

function plan(rate: Hertz, make: MakePolyphase): Resampling {
  const divisor = greatestCommonDivisor(rate, MODEL_RATE);
  const up = MODEL_RATE / divisor;
  const down = rate / divisor;
  const isExact = up <= MOST_EXACT_PHASES;
  const phases = isExact ? up : Math.ceil(INTERPOLATED_PHASES * Math.min(1, MODEL_RATE / rate));
  const { rows, taps, reach } = windowedSinc(rate, phases);
  return { up, down, taps, reach, filter: make({ rows, taps, reach }, up, down) };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
