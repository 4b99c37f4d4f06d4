/** Converts amplitudes in −1…1 to 16-bit samples; values outside that range are clamped. */
export const toInt16 = (amplitudes: Float32Array): Int16Array =>
  Int16Array.from(amplitudes, (amplitude) =>
    Math.round(Math.max(-1, Math.min(1, amplitude)) * (amplitude < 0 ? 0x8000 : 0x7fff)),
  );

/** The root mean square of amplitudes, 0–1. */
export function loudness(amplitudes: Float32Array): number {
  let sum = 0;
  for (const amplitude of amplitudes) sum += amplitude * amplitude;
  return Math.sqrt(sum / Math.max(1, amplitudes.length));
}
