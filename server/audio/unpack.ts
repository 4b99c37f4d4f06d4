import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from './g711.js';
import type { SampleEncoding } from './sample-format.js';

/**
 * Fills `out` with the samples of one channel, the first at byte `from` of `bytes` and each further one `step` bytes later;
 * returns how many of them were not amplitudes in −1…1 and had to be repaired.
 */
export type Unpack = (bytes: DataView, from: number, step: number, out: Float32Array) => number;

const LITTLE_ENDIAN = true;

/** How each encoding is unpacked: one plain loop per encoding, because it runs for every sample of every stream. */
export const UNPACK: Readonly<Record<SampleEncoding, Unpack>> = {
  pcm_u8(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = (bytes.getUint8(at) - 128) / 128;
    return 0;
  },
  pcm_s16le(bytes, from, step, out) {
    if (step === 2 && canBeViewed(bytes, from)) {
      scale16(new Int16Array(bytes.buffer, bytes.byteOffset + from, out.length), out);
      return 0;
    }
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = bytes.getInt16(at, LITTLE_ENDIAN) / 32768;
    return 0;
  },
  pcm_s24le(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) {
      out[i] = (bytes.getInt8(at + 2) * 65536 + bytes.getUint16(at, LITTLE_ENDIAN)) / 8388608;
    }
    return 0;
  },
  pcm_s32le(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = bytes.getInt32(at, LITTLE_ENDIAN) / 2147483648;
    return 0;
  },
  pcm_f32le(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = bytes.getFloat32(at, LITTLE_ENDIAN);
    return repair(out);
  },
  pcm_f64le(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = bytes.getFloat64(at, LITTLE_ENDIAN);
    return repair(out);
  },
  mulaw(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = MULAW_AMPLITUDES[bytes.getUint8(at)] ?? 0;
    return 0;
  },
  alaw(bytes, from, step, out) {
    for (let i = 0, at = from; i < out.length; i++, at += step) out[i] = ALAW_AMPLITUDES[bytes.getUint8(at)] ?? 0;
    return 0;
  },
};

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Whether the bytes from `from` on can be read as an array of 16-bit numbers, as is usual for audio. */
const canBeViewed = ({ byteOffset }: DataView, from: number): boolean =>
  IS_LITTLE_ENDIAN && (byteOffset + from) % 2 === 0;

/** The most frequent loop: four samples at a time take half as long as one by one. */
function scale16(samples: Int16Array, out: Float32Array): void {
  const whole = out.length - (out.length % 4);
  for (let i = 0; i < whole; i += 4) {
    out[i] = samples[i]! / 32768;
    out[i + 1] = samples[i + 1]! / 32768;
    out[i + 2] = samples[i + 2]! / 32768;
    out[i + 3] = samples[i + 3]! / 32768;
  }
  for (let i = whole; i < out.length; i++) out[i] = samples[i]! / 32768;
}

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
