import type { WindowedSinc } from './windowed-sinc.js';

/** Input samples taken at a time. */
export const BLOCK_SAMPLES = 4_096;

/** The input index at which the next output's row begins, and how far that output is after an input sample, in 1 / `up`. */
export interface OutputPlace {
  start: number;
  phase: number;
}

/** A polyphase filter and its working memory, which all streams of its rate use in turn, each for one call. */
export interface Polyphase {
  /** The samples to filter: older ones that the next outputs still need, then up to {@link BLOCK_SAMPLES} new ones. */
  readonly input: Float32Array;
  /**
   * Every output whose row lies within the first `filled` samples of the input, clamped to −1…1, in memory that the next
   * call overwrites. Moves `place` on to the following output.
   */
  resample(filled: number, place: OutputPlace): Float32Array;
}

/**
 * Makes a filter that gives `up` outputs for every `down` inputs. Outputs are interpolated between two rows where the filter
 * has fewer phases than `up`.
 */
export type MakePolyphase = (filter: WindowedSinc, up: number, down: number) => Polyphase;

/** The most outputs of one block. */
export const outputsOfBlock = (up: number, down: number): number => Math.ceil((BLOCK_SAMPLES * up) / down) + 1;

/** A filter in plain JavaScript, for pages where a strict content security policy forbids WebAssembly. */
export const scalarPolyphase: MakePolyphase = (filter, up, down) => new ScalarPolyphase(filter, up, down);

class ScalarPolyphase implements Polyphase {
  readonly input: Float32Array;
  readonly #output: Float32Array;
  readonly #filter: WindowedSinc;
  readonly #up: number;
  readonly #down: number;

  constructor(filter: WindowedSinc, up: number, down: number) {
    this.#filter = filter;
    this.#up = up;
    this.#down = down;
    this.input = new Float32Array(filter.taps + BLOCK_SAMPLES);
    this.#output = new Float32Array(outputsOfBlock(up, down));
  }

  resample(filled: number, place: OutputPlace): Float32Array {
    const last = filled - this.#filter.taps;
    let count = 0;
    for (; place.start <= last; count++) {
      this.#output[count] = clamp(this.#amplitude(place));
      const phase = place.phase + this.#down;
      place.start += Math.floor(phase / this.#up);
      place.phase = phase % this.#up;
    }
    return this.#output.subarray(0, count);
  }

  #amplitude({ start, phase }: OutputPlace): number {
    const { rows } = this.#filter;
    const exact = (phase / this.#up) * (rows.length - 1);
    const before = Math.floor(exact);
    const low = weigh(this.input, start, rows[before]!);
    return before === exact ? low : low + (weigh(this.input, start, rows[before + 1]!) - low) * (exact - before);
  }
}

/** A filter overshoots at a jump: a signal within −1…1 may exceed it by a few per cent. */
const clamp = (amplitude: number): number => Math.max(-1, Math.min(1, amplitude));

/** The dot product of a filter row and the samples from `start` on; with four sums, so that the additions can overlap. */
function weigh(samples: Float32Array, start: number, row: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let tap = 0, at = start; tap < row.length; tap += 4, at += 4) {
    a += row[tap]! * samples[at]!;
    b += row[tap + 1]! * samples[at + 1]!;
    c += row[tap + 2]! * samples[at + 2]!;
    d += row[tap + 3]! * samples[at + 3]!;
  }
  return a + b + (c + d);
}
