import { readFile } from 'node:fs/promises';
import { createDecoder } from '../audio/decoder.js';
import type { SampleFormat } from '../audio/sample-format.js';
import { readWav } from '../audio/wav.js';
import { ENCODINGS, type Encoding } from '../../proto/client-messages.js';
import { reasonOf } from '../domain/reason.js';
import { cutOffOf } from './cut-off.js';
import { Failure } from './failure.js';

/** Audio as a stream can carry it. */
export interface StreamAudio {
  readonly format: { readonly encoding: Encoding; readonly sampleRate: number; readonly channels: number };
  readonly bytes: Uint8Array;
  /** What is missing of it, in one line; null where nothing is. */
  readonly cutOff: string | null;
}

/** Reads a whole WAV file; an encoding that streams do not support becomes pcm_f32le. Rejects with Failure. */
export const readStreamAudio = async (file: string): Promise<StreamAudio> => {
  const bytes = await readFile(file).catch((problem: unknown) => {
    const reason = reasonOf(problem);
    throw new Failure(reason.includes(file) ? reason : `${file}: ${reason}`);
  });
  return wavToStream(bytes, file);
};

/** The audio of a WAV file's bytes; throws Failure, which calls the file `name`. */
export const wavToStream = (bytes: Uint8Array, name: string): StreamAudio => {
  const wav = readWav(bytes);
  if (wav.kind === 'problem') throw new Failure(`${name}: ${wav.message}`);
  const { format, audio } = wav;
  const encoding = ENCODINGS.find((candidate) => candidate === format.encoding);
  const streamed = encoding ? { format: { ...format, encoding }, bytes: audio } : asFloats(format, audio);
  return { ...streamed, cutOff: cutOffOf(name, wav) };
};

const asFloats = (format: SampleFormat, audio: Uint8Array): Omit<StreamAudio, 'cutOff'> => {
  const channels = createDecoder(format).push(audio);
  const count = channels[0]?.length ?? 0;
  const bytes = new Uint8Array(count * channels.length * Float32Array.BYTES_PER_ELEMENT);
  const view = new DataView(bytes.buffer);
  channels.forEach((samples, channel) =>
    samples.forEach((sample, index) => view.setFloat32((index * channels.length + channel) * 4, sample, true)),
  );
  return { format: { ...format, encoding: 'pcm_f32le' }, bytes };
};
