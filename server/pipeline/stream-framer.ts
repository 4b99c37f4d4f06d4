import { createDecoder } from '../audio/decoder.js';
import { gather } from '../audio/gather.js';
import type { SampleFormat } from '../audio/sample-format.js';
import { simdDecoding } from '../audio/simd-samples.js';
import type { Transducer } from '../audio/transducer.js';
import type { Frame } from '../domain/frame.js';
import { MODEL_RATE, type Milliseconds } from '../domain/units.js';
import { ChannelFramer } from './channel-framer.js';
import type { PipelineItem, PortionedInput } from './stream-input.js';

export interface StreamFramerOptions {
  readonly audio: SampleFormat;
  readonly hop: Milliseconds;
  readonly now: () => number;
  /** Called with the text of a warning when audio could not be used as it arrived. */
  readonly warn: (code: 'audio_clipped' | 'audio_incomplete', message: string) => void;
}

/** Turns inputs into frames of every channel, ordered by time, then channel, with the caller's requests in their places. */
export class StreamFramer implements Transducer<PortionedInput, readonly PipelineItem[]> {
  private readonly decoder;
  private readonly channels: readonly ChannelFramer[];
  private cutFrames = 0;
  private hasWarned = false;

  constructor(private readonly options: StreamFramerOptions) {
    const { audio, hop } = options;
    // All streams share its memory: each chunk is decoded, resampled and copied into frames before the next of any stream.
    this.decoder = createDecoder(audio, simdDecoding);
    this.channels = Array.from(
      { length: audio.channels },
      (_, channel) => new ChannelFramer(channel, audio.sampleRate, hop),
    );
  }

  /** How many frames have been cut, over all channels. */
  get frames(): number {
    return this.cutFrames;
  }

  /** How many samples of each channel must have been heard in all before the next frame can be complete. */
  get samplesToNextFrame(): number {
    // The resampler turns N samples into at most ⌈N · 16,000 / rate⌉: `tooFew` of them still give one less than needed.
    const tooFew = ((this.channels[0]!.nextFrameEnd - 1) * this.options.audio.sampleRate) / MODEL_RATE;
    return Math.floor(tooFew) + 1;
  }

  push(input: PortionedInput): readonly PipelineItem[] {
    switch (input.kind) {
      case 'audio':
        return this.hear(gather(input.chunks), input.arrivedAt);
      case 'finalize':
        return this.cutAll('finalize', input.arrivedAt, (channel) => channel.cut(input.arrivedAt));
      case 'configure':
        return [input];
    }
  }

  flush(): readonly PipelineItem[] {
    const left = this.decoder.flush();
    if (left > 0)
      this.options.warn(
        'audio_incomplete',
        `the last ${left} bytes are no whole sample of every channel and were not used`,
      );
    const now = this.options.now();
    return this.cutAll('close', now, (channel) => channel.end(now));
  }

  private hear(bytes: Uint8Array, arrivedAt: number): readonly PipelineItem[] {
    const tracks = this.decoder.push(bytes);
    this.warnOfClipping();
    return this.inTurn(this.channels.map((channel, index) => channel.push(tracks[index]!, arrivedAt)));
  }

  private cutAll(
    reason: 'finalize' | 'close',
    arrivedAt: number,
    cut: (channel: ChannelFramer) => Frame[],
  ): readonly PipelineItem[] {
    const frames = this.inTurn(this.channels.map(cut));
    const cuts = this.channels.map(({ position }, channel): PipelineItem => ({
      kind: 'cut',
      cut: { channel, at: position, reason, arrivedAt },
    }));
    return [...frames, ...cuts];
  }

  private warnOfClipping(): void {
    if (this.hasWarned || this.decoder.repairedSamples === 0) return;
    this.hasWarned = true;
    this.options.warn(
      'audio_clipped',
      'pcm_f32le samples must be finite and within −1…1: others are clamped (not finite: 0)',
    );
  }

  /** Channels advance in lockstep, so the n-th frames of all channels belong together, however the audio was cut. */
  private inTurn(tracks: readonly Frame[][]): PipelineItem[] {
    const items: PipelineItem[] = [];
    const rounds = tracks[0]?.length ?? 0;
    for (let round = 0; round < rounds; round++)
      for (const track of tracks) items.push({ kind: 'frame', frame: track[round]! });
    this.cutFrames += items.length;
    return items;
  }
}
