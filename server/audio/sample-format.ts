import { hertz, type Hertz } from '../domain/units.js';
import type { Encoding } from '../domain/stream-settings.js';

/** Every encoding of samples: those that streams may have, and those that only WAV files may have. */
export type SampleEncoding = Encoding | 'pcm_u8' | 'pcm_s24le' | 'pcm_s32le' | 'pcm_f64le';

/** How bytes become samples; channels are interleaved. Every `AudioFormat` is one. */
export interface SampleFormat {
  readonly encoding: SampleEncoding;
  readonly sampleRate: Hertz;
  readonly channels: number;
}

/** Limits, both included, of the rates that can be resampled, and the most channels. */
export const LOWEST_RATE = hertz(8_000);
export const HIGHEST_RATE = hertz(192_000);
export const MOST_CHANNELS = 8;

/** Bytes of one sample of one channel. */
export const SAMPLE_BYTES: Readonly<Record<SampleEncoding, number>> = {
  pcm_u8: 1,
  pcm_s16le: 2,
  pcm_s24le: 3,
  pcm_s32le: 4,
  pcm_f32le: 4,
  pcm_f64le: 8,
  mulaw: 1,
  alaw: 1,
};

/** Bytes of one second of audio, all channels included. */
export const bytesPerSecond = ({
  encoding,
  sampleRate,
  channels,
}: Omit<SampleFormat, 'sampleRate'> & { readonly sampleRate: number }): number =>
  SAMPLE_BYTES[encoding] * sampleRate * channels;
