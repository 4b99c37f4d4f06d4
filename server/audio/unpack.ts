import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from './g711.js';
import type { SampleEncoding } from './sample-format.js';

/**
 * Fills `out` with the samples of one channel, the first at byte `from` of `bytes` and each further one `step` bytes later;
 * returns how many of them were not amplitudes in −1…1 and had to be repaired.
 */
export type Unpack = (bytes: Uint8Array, from: number, step: number, out: Float32Array) => number;

const LITTLE_ENDIAN = true;

/** How each encoding is unpacked: one plain loop per encoding, because it runs for every sample of every stream. */
export const UNPACK: Readonly<Record<SampleEncoding, Unpack>> = {
  pcm_u8(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = (bytes[at]! - 128) / 128;
    return 0;
  },
  pcm_s16le(bytes, from, step, out) {
    const view = viewOf(bytes);
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = view.getInt16(at, LITTLE_ENDIAN) / 32768;
    return 0;
  },
  pcm_s24le(bytes, from, step, out) {
    const view = viewOf(bytes);
    for (let i = 0, at = from; i < out.length; i++, at += step) {
      out[i] = (view.getInt8(at + 2) * 65536 + view.getUint16(at, LITTLE_ENDIAN)) / 8388608;
    }
    return 0;
  },
  pcm_s32le(bytes, from, step, out) {
    const view = viewOf(bytes);
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = view.getInt32(at, LITTLE_ENDIAN) / 2147483648;
    return 0;
  },
  pcm_f32le(bytes, from, step, out) {
    const view = viewOf(bytes);
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = view.getFloat32(at, LITTLE_ENDIAN);
    return repair(out);
  },
  pcm_f64le(bytes, from, step, out) {
    const view = viewOf(bytes);
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = view.getFloat64(at, LITTLE_ENDIAN);
    return repair(out);
  },
  mulaw(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = MULAW_AMPLITUDES[bytes[at]!]!;
    return 0;
  },
  alaw(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = ALAW_AMPLITUDES[bytes[at]!]!;
    return 0;
  },
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Replaces samples that are not finite by 0 and clamps those outside −1…1, in place; returns how many it changed. */
function repair(samples: Float32Array): number {
  let repaired = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] ?? 0;
    if (sample >= -1 && sample <= 1) continue;
    samples[i] = Number.isFinite(sample) ? Math.sign(sample) : 0;
    repaired++;
  }
  return repaired;
}
