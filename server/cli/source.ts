import { bytesPerSecond } from '../audio/sample-format.js';
import { atSpeakingSpeed, inChunks } from './speaking-speed.js';
import type { StreamAudio } from './stream-audio.js';

/** Audio for one stream, which ends without an error when `signal` is aborted. */
export interface Source {
  readonly format: StreamAudio['format'];
  chunks(signal: AbortSignal): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A recording at speaking speed, or `fast`; tells on standard error what is missing of it. */
export const fromRecording = ({ bytes, format, cutOff }: StreamAudio, fast = false): Source => {
  const rate = bytesPerSecond(format);
  return {
    format,
    chunks: (signal) => {
      if (cutOff !== null) process.stderr.write(`${cutOff}\n`);
      return fast ? inChunks(bytes, rate) : atSpeakingSpeed([bytes], rate, signal);
    },
  };
};
