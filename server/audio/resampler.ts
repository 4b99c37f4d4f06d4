import { MODEL_RATE, type Hertz } from '../domain/units.js';
import { BLOCK_SAMPLES, scalarPolyphase, type MakePolyphase } from './polyphase.js';
import { resamplingFrom, type Resampling } from './resampling.js';
import { ScratchSamples } from './scratch-samples.js';
import type { Transducer } from './transducer.js';

/**
 * Brings amplitudes of one channel from `rate` (whole Hz, 8,000–192,000) to {@link MODEL_RATE}, without delay: output n is
 * the signal at n / 16,000 s. N samples in all give ⌈N · 16,000 / rate⌉ outputs, the last few at the flush. An output array
 * is valid until any resampler's next push; at 16,000 Hz it is the input itself. `make` makes the filter.
 */
export const createResampler = (
  rate: Hertz,
  make: MakePolyphase = scalarPolyphase,
): Transducer<Float32Array, Float32Array> =>
  rate === MODEL_RATE ? PASS_THROUGH : new PolyphaseResampler(resamplingFrom(rate, make));

const PASS_THROUGH: Transducer<Float32Array, Float32Array> = {
  push: (samples) => samples,
  flush: () => new Float32Array(0),
};

/** Memory for the outputs of an input that is longer than a block. */
const scratch = new ScratchSamples();

class PolyphaseResampler implements Transducer<Float32Array, Float32Array> {
  readonly #resampling: Resampling;
  /** The newest input, which the next outputs still need. */
  readonly #held: Float32Array;
  #heldSamples = 0;
  /**
   * The index among the held samples at which the next output's row begins (after the last of them, if whole blocks give no
   * output), and how far the output lies after an input sample, in 1 / `up` of a sample.
   */
  readonly #next = { start: 0, phase: 0 };

  constructor(resampling: Resampling) {
    this.#resampling = resampling;
    this.#held = new Float32Array(resampling.taps);
    this.#rewind();
  }

  push(samples: Float32Array): Float32Array {
    if (samples.length <= BLOCK_SAMPLES) return this.#take(samples);
    const { up, down } = this.#resampling;
    const output = scratch.take(Math.ceil((samples.length * up) / down) + 1);
    let written = 0;
    for (let from = 0; from < samples.length; from += BLOCK_SAMPLES) {
      const block = this.#take(samples.subarray(from, from + BLOCK_SAMPLES));
      output.set(block, written);
      written += block.length;
    }
    return output.subarray(0, written);
  }

  flush(): Float32Array {
    // As many zeros as the row of the last output needs: an output at or after the end of the input would need one more.
    const output = this.push(new Float32Array(this.#resampling.reach));
    this.#rewind();
    return output;
  }

  /** The row of output 0 begins `reach − 1` samples before input 0; these are zeros, because the stream has just begun. */
  #rewind(): void {
    this.#heldSamples = this.#resampling.reach - 1;
    this.#held.fill(0, 0, this.#heldSamples);
    this.#next.start = 0;
    this.#next.phase = 0;
  }

  /** Takes one block of input and returns the outputs that it makes possible. */
  #take(block: Float32Array): Float32Array {
    const { input } = this.#resampling.filter;
    input.set(this.#held.subarray(0, this.#heldSamples));
    input.set(block, this.#heldSamples);
    const filled = this.#heldSamples + block.length;
    const output = this.#resampling.filter.resample(filled, this.#next);
    const dropped = Math.min(this.#next.start, filled);
    this.#held.set(input.subarray(dropped, filled));
    this.#heldSamples = filled - dropped;
    this.#next.start -= dropped;
    return output;
  }
}
