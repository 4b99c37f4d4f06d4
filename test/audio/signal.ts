/** Signals to measure with, and what is measured on them. */
import fc from 'fast-check';

export const sine = (hz: number, rate: number, length: number, amplitude = 0.5): Float32Array =>
  Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rate));

/** Evenly distributed noise, the same on every call. */
export function noise(length: number, amplitude = 0.5): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

export const decibels = (ratio: number): number => 20 * Math.log10(ratio);

export const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Level of what is in `samples` besides the best-fitting sine of `hz`, and of that sine: both as RMS. */
export function splitTone(samples: Float32Array, hz: number, rate: number): { tone: number; rest: number } {
  const angle = (2 * Math.PI * hz) / rate;
  const [s, c, ss, cc, sc] = samples.reduce(
    ([s, c, ss, cc, sc], x, n) => {
      const [sin, cos] = [Math.sin(angle * n), Math.cos(angle * n)];
      return [s + x * sin, c + x * cos, ss + sin * sin, cc + cos * cos, sc + sin * cos];
    },
    [0, 0, 0, 0, 0] as [number, number, number, number, number],
  );
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(s * cc - c * sc) / determinant, (c * ss - s * sc) / determinant];
  const rest = samples.map((x, n) => x - a * Math.sin(angle * n) - b * Math.cos(angle * n));
  return { tone: Math.hypot(a, b) / Math.SQRT2, rest: rms(rest) };
}

/** Lengths that a sequence of `length` is cut into, some of them 0. */
export const cutsOf = (length: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: 0, max: length }), { maxLength: 12 })
    .map((places) => [0, ...places.sort((a, b) => a - b), length])
    .map((places) => places.slice(1).map((place, i) => place - places[i]!));

/** `whole` in pieces of the lengths given. */
export function pieces<T extends Float32Array | Uint8Array>(whole: T, lengths: readonly number[]): T[] {
  let from = 0;
  return lengths.map((length) => whole.subarray(from, (from += length)) as T);
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
