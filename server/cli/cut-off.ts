import { SAMPLE_BYTES } from '../audio/sample-format.js';
import type { WavAudio } from '../audio/wav.js';

/** Less is no news: some programs declare a header's length too much. */
const LEAST_TOLD_SECONDS = 0.01;

/** What is missing of a WAV file that was cut off, in one line; null where nothing is. */
export const cutOff = (name: string, { format, audio, missingBytes }: WavAudio): string | null => {
  const bytesPerSecond = SAMPLE_BYTES[format.encoding] * format.channels * format.sampleRate;
  if (missingBytes < LEAST_TOLD_SECONDS * bytesPerSecond) return null;
  const seconds = (bytes: number): string => (bytes / bytesPerSecond).toFixed(2);
  const declared = seconds(audio.length + missingBytes);
  return `${name} is cut off: it declares ${declared} s of audio, and has ${seconds(audio.length)} s`;
};
