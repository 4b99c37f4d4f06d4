import { MODEL_RATE, type Hertz } from '../domain/units.js';
import { resamplingFrom, type Resampling } from './resampling.js';
import type { Transducer } from './transducer.js';

/**
 * Brings amplitudes of one channel from `rate` (whole Hz, 8,000–192,000) to {@link MODEL_RATE}, in time with the input:
 * output n is the signal at n / 16,000 s. Of N samples in all come ⌈N · 16,000 / rate⌉, the last few at the flush.
 * Each output array belongs to the receiver; at 16,000 Hz it is the input itself.
 */
export const createResampler = (rate: Hertz): Transducer<Float32Array, Float32Array> =>
  rate === MODEL_RATE ? PASS_THROUGH : new PolyphaseResampler(resamplingFrom(rate));

const PASS_THROUGH: Transducer<Float32Array, Float32Array> = {
  push: (samples) => samples,
  flush: () => new Float32Array(0),
};

/** Input samples taken at a time: bounds the buffer, however long a chunk is. */
const BLOCK_SAMPLES = 512;

class PolyphaseResampler implements Transducer<Float32Array, Float32Array> {
  readonly #resampling: Resampling;
  /** The input that outputs to come still need, then the block just taken. */
  readonly #buffer: Float32Array;
  #filled = 0;
  /** Where in the buffer the next output's row begins; after a block it may lie beyond what is filled. */
  #rowStart = 0;
  /** How far the next output falls after an input sample, in 1 / `up` of a sample. */
  #phase = 0;

  constructor(resampling: Resampling) {
    this.#resampling = resampling;
    this.#buffer = new Float32Array(resampling.filter.taps + BLOCK_SAMPLES);
    this.#rewind();
  }

  push(samples: Float32Array): Float32Array {
    const output = new Float32Array(this.#outputsAfter(samples.length));
    let written = 0;
    for (let from = 0; from < samples.length; from += BLOCK_SAMPLES) {
      this.#take(samples.subarray(from, from + BLOCK_SAMPLES));
      written = this.#fill(output, written);
    }
    return output;
  }

  flush(): Float32Array {
    // Zeros up to where the row of the last output ends: an output at or after the end of the input would need one more.
    const output = this.push(new Float32Array(this.#resampling.filter.reach));
    this.#rewind();
    return output;
  }

  /** The row of output 0 begins `reach − 1` samples before input 0: zeros, for nothing was heard before the start. */
  #rewind(): void {
    this.#filled = this.#resampling.filter.reach - 1;
    this.#buffer.fill(0, 0, this.#filled);
    this.#rowStart = 0;
    this.#phase = 0;
  }

  /** How many outputs have their whole row once `count` more samples are there. */
  #outputsAfter(count: number): number {
    const { up, down, filter } = this.#resampling;
    const rowStarts = this.#filled + count - filter.taps - this.#rowStart + 1;
    return Math.max(0, Math.ceil((rowStarts * up - this.#phase) / down));
  }

  /** Drops the samples that no output needs any more and appends a block. */
  #take(block: Float32Array): void {
    const dropped = Math.min(this.#rowStart, this.#filled);
    this.#buffer.copyWithin(0, dropped, this.#filled);
    this.#rowStart -= dropped;
    this.#filled -= dropped;
    this.#buffer.set(block, this.#filled);
    this.#filled += block.length;
  }

  /** Writes every output that the buffer allows into `output` from index `at` on; returns the index after the last. */
  #fill(output: Float32Array, at: number): number {
    const { up, down, filter } = this.#resampling;
    const lastStart = this.#filled - filter.taps;
    let next = at;
    for (; this.#rowStart <= lastStart; next++) {
      output[next] = clamp(this.#amplitude());
      const phase = this.#phase + down;
      this.#rowStart += Math.floor(phase / up);
      this.#phase = phase % up;
    }
    return next;
  }

  /** The signal at the next output's place. */
  #amplitude(): number {
    const { up, filter, isInterpolated } = this.#resampling;
    if (!isInterpolated) return weigh(this.#buffer, this.#rowStart, filter.rows[this.#phase]);
    const place = (this.#phase / up) * (filter.rows.length - 1);
    const before = Math.floor(place);
    const low = weigh(this.#buffer, this.#rowStart, filter.rows[before]);
    const high = weigh(this.#buffer, this.#rowStart, filter.rows[before + 1]);
    return low + (high - low) * (place - before);
  }
}

/** A filter rings around a jump: what was within −1…1 may leave it by a few per cent. */
const clamp = (amplitude: number): number => Math.max(-1, Math.min(1, amplitude));

const NO_ROW = new Float32Array(0);

/** The dot product of a filter row and the samples from `start` on; four sums, so that the additions overlap. */
function weigh(samples: Float32Array, start: number, row: Float32Array = NO_ROW): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let tap = 0, at = start; tap < row.length; tap += 4, at += 4) {
    a += (row[tap] ?? 0) * (samples[at] ?? 0);
    b += (row[tap + 1] ?? 0) * (samples[at + 1] ?? 0);
    c += (row[tap + 2] ?? 0) * (samples[at + 2] ?? 0);
    d += (row[tap + 3] ?? 0) * (samples[at + 3] ?? 0);
  }
  return a + b + (c + d);
}
