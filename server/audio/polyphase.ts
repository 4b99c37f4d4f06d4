import { POLYPHASE_MODULE } from './polyphase-module.js';
import type { WindowedSinc } from './windowed-sinc.js';

/** Input samples taken at a time. */
export const BLOCK_SAMPLES = 512;

/** What polyphase.wat exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly start: { value: number };
  readonly phase: { value: number };
  resample(
    ...places: [input: number, output: number, last: number, bytes: number, up: number, down: number, scale: number]
  ): number;
}

/** Of the standard, what is used here: TypeScript declares it for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const FLOAT_BYTES = 4;
const PAGE_BYTES = 65_536;

const compiled = new WebAssembly.Module(Buffer.from(POLYPHASE_MODULE, 'base64'));

/** A polyphase filter in WebAssembly, with the memory that its streams work in by turns, each for one call. */
export class Polyphase {
  /** What is to be filtered: the samples that outputs to come still need, then up to {@link BLOCK_SAMPLES} new ones. */
  readonly input: Float32Array;
  readonly #output: Float32Array;
  readonly #exports: Exports;
  readonly #taps: number;
  readonly #up: number;
  readonly #down: number;
  readonly #scale: number;

  /** `up` outputs for every `down` inputs; interpolated where the filter has fewer rows than that has phases. */
  constructor({ rows, taps }: WindowedSinc, up: number, down: number) {
    this.#exports = new WebAssembly.Instance(compiled).exports as Exports;
    this.#taps = taps;
    this.#up = up;
    this.#down = down;
    const phases = rows.length - 1;
    this.#scale = phases < up ? phases / up : 0;
    const { memory } = this.#exports;
    const outputs = Math.ceil((BLOCK_SAMPLES * up) / down) + 1;
    const floats = rows.length * taps + taps + BLOCK_SAMPLES + outputs;
    memory.grow(Math.ceil((floats * FLOAT_BYTES) / PAGE_BYTES));
    const filter = new Float32Array(memory.buffer, 0, rows.length * taps);
    for (const [phase, row] of rows.entries()) filter.set(row, phase * taps);
    this.input = new Float32Array(memory.buffer, filter.byteLength, taps + BLOCK_SAMPLES);
    this.#output = new Float32Array(memory.buffer, filter.byteLength + this.input.byteLength, outputs);
  }

  /**
   * Every output whose row lies within the first `filled` samples of the input, in memory that the next call overwrites.
   * `at` is where the next output's row begins, and the phase in which it is due; it is moved on.
   */
  resample(filled: number, at: { start: number; phase: number }): Float32Array {
    const { start, phase } = this.#exports;
    start.value = at.start;
    phase.value = at.phase;
    const last = filled - this.#taps;
    const { input, output } = { input: this.input.byteOffset, output: this.#output.byteOffset };
    const count = this.#exports.resample(
      input,
      output,
      last,
      this.#taps * FLOAT_BYTES,
      this.#up,
      this.#down,
      this.#scale,
    );
    at.start = start.value;
    at.phase = phase.value;
    return this.#output.subarray(0, count);
  }
}
