import { BLOCK_SAMPLES, outputsOfBlock, type MakePolyphase, type OutputPlace, type Polyphase } from './polyphase.js';
import { POLYPHASE_MODULE } from './polyphase-module.js';
import { compileWasm, FLOAT_BYTES, PAGE_BYTES, type WasmMemory } from './wasm.js';
import type { WindowedSinc } from './windowed-sinc.js';

/** A filter in WebAssembly SIMD: six times as fast as plain JavaScript, with the same result within single precision. */
export const simdPolyphase: MakePolyphase = (filter, up, down) => new SimdPolyphase(filter, up, down);

/** What polyphase.wat exports. */
interface Exports {
  readonly memory: WasmMemory;
  readonly start: { value: number };
  readonly phase: { value: number };
  double(input: number, output: number, count: number, bytes: number): void;
  resample(
    ...places: [input: number, output: number, last: number, bytes: number, up: number, down: number, scale: number]
  ): number;
}

/** Most floats that are written beyond the outputs, and read beyond the input. */
const BEYOND = 31;

const instantiate = compileWasm(POLYPHASE_MODULE);

class SimdPolyphase implements Polyphase {
  readonly input: Float32Array;
  readonly #output: Float32Array;
  readonly #exports: Exports;
  readonly #taps: number;
  readonly #up: number;
  readonly #down: number;
  /** The filter's phases divided by `up`, where it has fewer phases than `up`; else 0. */
  readonly #scale: number;

  constructor({ rows, taps }: WindowedSinc, up: number, down: number) {
    this.#up = up;
    this.#down = down;
    this.#exports = instantiate() as Exports;
    this.#taps = taps;
    const phases = rows.length - 1;
    this.#scale = phases < up ? phases / up : 0;
    const { memory } = this.#exports;
    const outputs = outputsOfBlock(up, down);
    const floats = rows.length * taps + taps + BLOCK_SAMPLES + outputs + BEYOND;
    memory.grow(Math.ceil((floats * FLOAT_BYTES) / PAGE_BYTES));
    const filter = new Float32Array(memory.buffer, 0, rows.length * taps);
    for (const [phase, row] of rows.entries()) filter.set(row, phase * taps);
    this.input = new Float32Array(memory.buffer, filter.byteLength, taps + BLOCK_SAMPLES);
    this.#output = new Float32Array(memory.buffer, filter.byteLength + this.input.byteLength, outputs);
  }

  resample(filled: number, place: OutputPlace): Float32Array {
    if (this.#up === 2 && this.#down === 1) return this.#double(filled, place);
    const { start, phase } = this.#exports;
    start.value = place.start;
    phase.value = place.phase;
    const [input, output] = [this.input.byteOffset, this.#output.byteOffset];
    const last = filled - this.#taps;
    const bytes = this.#taps * FLOAT_BYTES;
    const count = this.#exports.resample(input, output, last, bytes, this.#up, this.#down, this.#scale);
    place.start = start.value;
    place.phase = phase.value;
    return this.#output.subarray(0, count);
  }

  /** For 8 kHz, the usual rate of telephones: each input sample gives two outputs, so that the phase is always 0. */
  #double(filled: number, place: OutputPlace): Float32Array {
    const count = Math.max(0, filled - this.#taps + 1 - place.start);
    const from = this.input.byteOffset + place.start * FLOAT_BYTES;
    this.#exports.double(from, this.#output.byteOffset, count, this.#taps * FLOAT_BYTES);
    place.start += count;
    return this.#output.subarray(0, 2 * count);
  }
}
