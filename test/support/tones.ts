/** Encodes samples in −1…1 as little-endian 16-bit PCM. */
export const pcm16 = (samples: ArrayLike<number>): Uint8Array => {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < samples.length; index++)
    view.setInt16(index * 2, Math.round(Math.max(-1, Math.min(1, samples[index]!)) * 32767), true);
  return bytes;
};

/** A seeded source of numbers in 0…1 (mulberry32), so that a failing test can be run again. */
export const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** Audio that the energy gate takes for speech: bursts of noisy tone of 150–400 ms, and short pauses of faint noise. */
export const babble = (seconds: number, seed: number, rate = 16_000): Float32Array => {
  const random = seeded(seed);
  const samples = Float32Array.from({ length: Math.round(seconds * rate) }, () => (random() - 0.5) * 0.0006);
  for (let at = Math.round(random() * 0.3 * rate); at < samples.length;) {
    const burst = Math.round((0.15 + random() * 0.25) * rate);
    const [pitch, level] = [120 + random() * 500, 0.1 + random() * 0.4];
    for (let index = at; index < Math.min(at + burst, samples.length); index++)
      samples[index]! += level * Math.sin((2 * Math.PI * pitch * index) / rate) * (0.7 + 0.3 * random());
    at += burst + Math.round((0.05 + random() * (random() < 0.1 ? 1.5 : 0.2)) * rate);
  }
  return samples;
};

/** Cuts bytes into chunks of random length, from 1 byte to `longest`. */
export function* randomChunks(bytes: Uint8Array, longest: number, seed: number): Generator<Uint8Array> {
  const random = seeded(seed);
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(random() * longest);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
