import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from '../../server/audio/g711.js';
import { SAMPLE_BYTES } from '../../server/audio/sample-format.js';
import type { Encoding } from '../../proto/wire.js';

/** Encodes amplitudes as bytes; amplitudes outside −1…1 are clamped. */
export const encoded = (amplitudes: Float32Array, encoding: Encoding): Uint8Array => {
  const bytes = new Uint8Array(amplitudes.length * SAMPLE_BYTES[encoding]);
  const view = new DataView(bytes.buffer);
  const put = WRITERS[encoding];
  amplitudes.forEach((amplitude, index) => put(view, index, Math.max(-1, Math.min(1, amplitude))));
  return bytes;
};

type Write = (view: DataView, index: number, amplitude: number) => void;

/** For each of the 65,536 values of a 16-bit amplitude, the G.711 code whose amplitude is nearest. */
const nearestCodes = (amplitudes: Float32Array): Uint8Array => {
  const codes = Array.from(amplitudes, (amplitude, code) => ({ amplitude, code })).sort(
    (a, b) => a.amplitude - b.amplitude,
  );
  let at = 0;
  return Uint8Array.from({ length: 65_536 }, (_, step) => {
    const wanted = (step - 32_768) / 32_768;
    while (at + 1 < codes.length && wanted - codes[at]!.amplitude > codes[at + 1]!.amplitude - wanted) at += 1;
    return codes[at]!.code;
  });
};

const g711 = (amplitudes: Float32Array): Write => {
  const codes = nearestCodes(amplitudes);
  return (view, index, amplitude) => view.setUint8(index, codes[toInt16(amplitude) + 32_768]!);
};

const toInt16 = (amplitude: number): number => Math.min(32_767, Math.round(amplitude * 32_768));

const WRITERS: Readonly<Record<Encoding, Write>> = {
  pcm_s16le: (view, index, amplitude) => view.setInt16(2 * index, toInt16(amplitude), true),
  pcm_f32le: (view, index, amplitude) => view.setFloat32(4 * index, amplitude, true),
  mulaw: g711(MULAW_AMPLITUDES),
  alaw: g711(ALAW_AMPLITUDES),
};
