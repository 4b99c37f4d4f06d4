import { FRAME_SAMPLES } from '../domain/units.js';
import type { DecoderMeans } from './decoder.js';
import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from './g711.js';
import { SAMPLE_BYTES, type SampleEncoding } from './sample-format.js';
import { SAMPLES_MODULE } from './samples-module.js';
import { UNPACK, type Unpack } from './unpack.js';
import { compileWasm, FLOAT_BYTES, PAGE_BYTES, type WasmMemory } from './wasm.js';

/** What samples.wat exports. */
interface Exports {
  readonly memory: WasmMemory;
  readonly scale16: (input: number, output: number, count: number) => void;
  readonly scale16_apart: Loop;
  readonly look_up: (...places: [...Parameters<Loop>, table: number]) => void;
  readonly variance: (at: number, end: number) => number;
}

/** Unpacks `count` samples, each `step` bytes after the one before; places are in bytes. */
type Loop = (input: number, output: number, count: number, step: number) => void;

// The memory, in bytes: two tables, a block of input (the bytes of a caller, or samples to measure), and
// samples that a decoder puts out.
const TABLE_BYTES = MULAW_AMPLITUDES.byteLength;
const MULAW_TABLE = 0;
const ALAW_TABLE = TABLE_BYTES;
const INPUT = 2 * TABLE_BYTES;
const INPUT_BYTES = FRAME_SAMPLES * FLOAT_BYTES;
/** Most bytes that are read beyond the input, and written beyond the output. */
const BEYOND = 32;
const OUTPUT = INPUT + INPUT_BYTES + BEYOND;

const { memory, scale16, scale16_apart, look_up, variance } = compileWasm(SAMPLES_MODULE)() as Exports;

/** How many bytes the memory lacks for an output of this many samples. */
const missingBytes = (count: number): number => OUTPUT + count * FLOAT_BYTES + BEYOND - memory.buffer.byteLength;

/** Makes room for an output of this many samples; returns views of the input, which are empty when the memory grows again. */
const grow = (count: number) => {
  memory.grow(Math.ceil(missingBytes(count) / PAGE_BYTES));
  return {
    bytes: new Uint8Array(memory.buffer, INPUT, INPUT_BYTES),
    samples: new Float32Array(memory.buffer, INPUT, FRAME_SAMPLES),
  };
};
let input = grow(FRAME_SAMPLES);
new Float32Array(memory.buffer, MULAW_TABLE).set(MULAW_AMPLITUDES);
new Float32Array(memory.buffer, ALAW_TABLE).set(ALAW_AMPLITUDES);

/** Unpacks with `loop` what goes to this memory; as `UNPACK` does elsewhere. */
const unpackWith =
  (encoding: SampleEncoding, loop: Loop): Unpack =>
  (bytes, from, step, out) => {
    if (out.buffer !== memory.buffer) return UNPACK[encoding](bytes, from, step, out);
    const most = Math.floor(INPUT_BYTES / step);
    for (let at = 0; at < out.length; at += most) {
      const count = Math.min(most, out.length - at);
      const end = (at + count) * step;
      input.bytes.set(at === 0 && end === bytes.length ? bytes : bytes.subarray(at * step, end));
      loop(INPUT + from, out.byteOffset + at * FLOAT_BYTES, count, step);
    }
    return 0;
  };

/** Decodes the usual encodings in WebAssembly SIMD, into memory that is valid until the next call of `take`. */
export const simdDecoding: DecoderMeans = {
  take: (count) => {
    if (missingBytes(count) > 0) input = grow(count);
    return new Float32Array(memory.buffer, OUTPUT, count);
  },
  unpack: {
    ...UNPACK,
    // Side by side only where a channel is alone: of several, the next one's first sample may have been unpacked before.
    pcm_s16le: unpackWith('pcm_s16le', (input, output, count, step) =>
      (step === SAMPLE_BYTES.pcm_s16le ? scale16 : scale16_apart)(input, output, count, step),
    ),
    mulaw: unpackWith('mulaw', (...places) => look_up(...places, MULAW_TABLE)),
    alaw: unpackWith('alaw', (...places) => look_up(...places, ALAW_TABLE)),
  },
};

/** The variance of these samples, one frame at most; 0 of none. */
export const varianceOf = (samples: Float32Array): number => {
  if (samples.length === 0) return 0;
  input.samples.set(samples);
  return variance(INPUT, INPUT + samples.length * FLOAT_BYTES);
};
