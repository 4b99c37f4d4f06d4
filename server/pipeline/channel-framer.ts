import { createEnergyGate } from '../audio/energy-gate.js';
import { createFramer, type CutFrame } from '../audio/framer.js';
import { createResampler } from '../audio/resampler.js';
import { simdPolyphase } from '../audio/simd-polyphase.js';
import type { Frame } from '../domain/frame.js';
import { durationOf, FRAME_SAMPLES, samples, samplesIn, type Hertz, type Milliseconds } from '../domain/units.js';
import { frameMemory } from './frame-memory.js';

/** Turns one channel's samples at the caller's rate into frames: resamples, cuts a second every hop, measures activity. */
export class ChannelFramer {
  private readonly resampler;
  private readonly framer;
  private readonly gate = createEnergyGate();
  private readonly hop;
  private heard = 0;
  private isFirstFrame = true;

  constructor(
    private readonly channel: number,
    rate: Hertz,
    hop: Milliseconds,
  ) {
    this.hop = samplesIn(hop);
    this.resampler = createResampler(rate, simdPolyphase);
    this.framer = createFramer({ hop: this.hop, memory: frameMemory.take });
  }

  /** Stream time of the newest sample that reached the framer. */
  get position(): Milliseconds {
    return durationOf(samples(this.heard));
  }

  /** How many samples at the model's rate it will have heard when its next frame is complete. */
  get nextFrameEnd(): number {
    return this.heard + this.framer.missing;
  }

  push(audio: Float32Array, arrivedAt: number): Frame[] {
    return this.frame(this.resampler.push(audio), arrivedAt);
  }

  /** Cuts the last partial second as a padded frame; after it the next frame needs a full new second. */
  cut(arrivedAt: number): Frame[] {
    const frames = this.framer.flush().map((cut) => this.toFrame(cut, arrivedAt));
    this.isFirstFrame = true;
    return frames;
  }

  /** Ends the stream: frames of all audio that the resampler and the framer still hold. */
  end(arrivedAt: number): Frame[] {
    const frames = this.frame(this.resampler.flush(), arrivedAt);
    return [...frames, ...this.cut(arrivedAt)];
  }

  private frame(audio: Float32Array, arrivedAt: number): Frame[] {
    this.heard += audio.length;
    return this.framer.push(audio).map((cut) => this.toFrame(cut, arrivedAt));
  }

  private toFrame({ samples: audio, fresh, end }: CutFrame, arrivedAt: number): Frame {
    const freshStart = this.isFirstFrame ? 0 : FRAME_SAMPLES - this.hop;
    this.isFirstFrame = false;
    const freshFrom = end - fresh;
    return {
      channel: this.channel,
      samples: audio,
      start: durationOf(samples(freshFrom - freshStart)),
      freshFrom: durationOf(samples(freshFrom)),
      end: durationOf(end),
      activity: this.gate.push(audio.subarray(freshStart, freshStart + fresh)),
      loudestDbfs: this.gate.loudestDbfs,
      arrivedAt,
    };
  }
}
