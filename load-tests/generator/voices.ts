import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDecoder } from '../../server/audio/decoder.js';
import { createResampler } from '../../server/audio/resampler.js';
import { readWav } from '../../server/audio/wav.js';
import { Failure } from '../../server/cli/failure.js';
import { reasonOf } from '../../server/domain/reason.js';
import { hertz, MODEL_RATE, type Hertz } from '../../server/domain/units.js';
import { seededRandom, shuffled } from './random.js';

/** One speaker: amplitudes in −1…1. */
export interface Voice {
  readonly rate: Hertz;
  readonly amplitudes: Float32Array;
}

/** This much speech is enough for any number of callers, because each begins at a different point of it. */
const MOST_SECONDS = 300;
/** Pause after each voice: longer than the silence that ends an utterance. */
const PAUSE_SECONDS = 1.5;

/**
 * Every channel of the WAV files in a folder and below it, in a seeded random order, until there are five minutes. Rejects with
 * Failure if there is no WAV file.
 */
export const readVoices = async (folder: string, seed: number): Promise<Voice[]> => {
  const voices: Voice[] = [];
  let seconds = 0;
  for (const file of shuffled(await wavsIn(folder), seededRandom(seed))) {
    for (const voice of voicesOf(await readFile(file), file)) {
      voices.push(voice);
      seconds += voice.amplitudes.length / voice.rate;
    }
    if (seconds >= MOST_SECONDS) break;
  }
  if (voices.length === 0) throw new Failure(`${folder} holds no WAV file: --audio takes a folder of recordings`, 2);
  return voices;
};

const wavsIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder, { recursive: true }).catch((problem: unknown) => {
    throw new Failure(`${folder} cannot be read: ${reasonOf(problem)}`, 2);
  });
  return names
    .filter((name) => name.toLowerCase().endsWith('.wav'))
    .sort()
    .map((name) => join(folder, name));
};

const voicesOf = (bytes: Uint8Array, file: string): Voice[] => {
  const wav = readWav(bytes);
  if (wav.kind === 'problem') throw new Failure(`${file}: ${wav.message}`, 2);
  return createDecoder(wav.format)
    .push(wav.audio)
    .map((amplitudes) => ({ rate: wav.format.sampleRate, amplitudes }));
};

/** All voices one after the other, resampled to `rate`, with a pause after each. */
export const joined = (voices: readonly Voice[], rate: Hertz): Float32Array => {
  const pause = new Float32Array(PAUSE_SECONDS * rate);
  return concatenated(voices.flatMap((voice) => [atRate(voice, rate), pause]));
};

/** Resamples a voice. The server's resampler has a fixed target rate; a scaled source rate makes it convert to any rate. */
const atRate = ({ rate, amplitudes }: Voice, target: Hertz): Float32Array => {
  if (rate === target) return amplitudes;
  const resampler = createResampler(hertz((rate * MODEL_RATE) / target));
  // The result of `push` is overwritten by the next call.
  const most = resampler.push(amplitudes).slice();
  return concatenated([most, resampler.flush()]);
};

const concatenated = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
