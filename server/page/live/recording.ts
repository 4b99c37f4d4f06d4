import type { AudioOptions } from '@earshot/client';
import { createDecoder } from '../../audio/decoder.js';
import { SAMPLE_BYTES, type SampleEncoding, type SampleFormat } from '../../audio/sample-format.js';
import { readWav } from '../../audio/wav.js';

/** A recording in a form that can be streamed, and its amplitudes, one array per channel. */
export interface Recording {
  readonly audio: AudioOptions & { readonly channels: number };
  readonly bytes: Uint8Array;
  readonly amplitudes: readonly Float32Array[];
  /** Whether the file is a WAV, and not one that only this browser has decoded. */
  readonly isWav: boolean;
}

type Wire = AudioOptions['encoding'];
const ON_THE_WIRE: readonly SampleEncoding[] = ['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw'] satisfies Wire[];
const isWire = (encoding: SampleEncoding): encoding is Wire => ON_THE_WIRE.includes(encoding);

/** Reads a WAV file, or any other file that this browser can decode; rejects with the reason where it cannot. */
export async function readRecording(file: ArrayBuffer): Promise<Recording> {
  const wav = readWav(new Uint8Array(file));
  if (wav.kind === 'audio') return fromWav(wav.format, wav.audio);
  try {
    return await decoded(file);
  } catch {
    throw new Error(wav.message);
  }
}

function fromWav(format: SampleFormat, bytes: Uint8Array): Recording {
  const amplitudes = createDecoder(format).push(bytes);
  const { encoding, sampleRate, channels } = format;
  if (isWire(encoding)) return { audio: { encoding, sampleRate, channels }, bytes, amplitudes, isWav: true };
  return { ...asFloats(amplitudes, sampleRate), isWav: true };
}

/** Decodes MP3, Opus, AAC, … with the browser, which resamples to the context's 16 kHz. */
async function decoded(file: ArrayBuffer): Promise<Recording> {
  const context = new OfflineAudioContext({ length: 1, sampleRate: 16_000 });
  const buffer = await context.decodeAudioData(file.slice(0));
  const count = Math.min(buffer.numberOfChannels, 8);
  const amplitudes = Array.from({ length: count }, (_, channel) => buffer.getChannelData(channel));
  return { ...asFloats(amplitudes, buffer.sampleRate), isWav: false };
}

function asFloats(amplitudes: readonly Float32Array[], sampleRate: number): Omit<Recording, 'isWav'> {
  const channels = amplitudes.length;
  const samples = new Float32Array((amplitudes[0]?.length ?? 0) * channels);
  for (const [channel, track] of amplitudes.entries())
    for (let at = 0; at < track.length; at++) samples[at * channels + channel] = track[at]!;
  const bytes = new Uint8Array(samples.buffer);
  return { audio: { encoding: 'pcm_f32le', sampleRate, channels }, bytes, amplitudes };
}

/** Bytes of one sample of every channel. */
export const groupBytes = ({ encoding, channels }: Recording['audio']): number => SAMPLE_BYTES[encoding] * channels;
