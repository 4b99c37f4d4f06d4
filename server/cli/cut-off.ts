import { bytesPerSecond, type SampleFormat } from '../audio/sample-format.js';
import type { WavAudio } from '../audio/wav.js';

/** Less is no news: some programs declare a header's length too much. */
const LEAST_TOLD_SECONDS = 0.01;

/** What is missing of a WAV file that was cut off, after the bytes of audio that it has, in one line; null where nothing is. */
export const cutOff = (
  name: string,
  format: SampleFormat,
  { bytes, missingBytes }: { readonly bytes: number; readonly missingBytes: number },
): string | null => {
  const rate = bytesPerSecond(format);
  if (missingBytes < LEAST_TOLD_SECONDS * rate) return null;
  const [declared, has] = [bytes + missingBytes, bytes].map((length) => (length / rate).toFixed(2));
  return `${name} is cut off: it declares ${declared} s of audio, and has ${has} s`;
};

/** What is missing of a recording, in one line; null where nothing is. */
export const cutOffOf = (name: string, { format, audio, missingBytes }: WavAudio): string | null =>
  cutOff(name, format, { bytes: audio.length, missingBytes });
