import { SAMPLE_BYTES, type SampleFormat } from '../audio/sample-format.js';
import type { Transducer } from '../audio/transducer.js';
import { durationOf, MODEL_RATE, samples, type Milliseconds } from '../domain/units.js';
import type { PortionedInput, StreamInput } from './stream-input.js';

/** Most chunks in a portion (half a second of 10 ms chunks), which limits the memory that very short chunks hold. */
const MOST_CHUNKS = 50;

const NOTHING: readonly PortionedInput[] = [];

export interface PortionsOptions {
  readonly audio: SampleFormat;
  readonly hop: Milliseconds;
  /** How many samples of each channel must have been heard in all before the next frame can be complete. */
  readonly samplesToNextFrame: () => number;
}

/**
 * Passes on audio in portions of at most one hop. Long audio is cut, so that the flow gate decides between any two frames.
 * Short chunks, as live audio has, are gathered until they may complete a frame: before that they yield no event, and a
 * whole portion makes better use of the processor's caches than a change of stream after every chunk.
 */
export class Portions implements Transducer<StreamInput, readonly PortionedInput[]> {
  private readonly audio: SampleFormat;
  private readonly samplesToNextFrame;
  private readonly bytesPerGroup: number;
  private readonly most: number;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private heardBytes = 0;
  /** The portion is complete when this many bytes have been heard in all. */
  private due = 0;
  private arrivedAt = 0;

  constructor({ audio, hop, samplesToNextFrame }: PortionsOptions) {
    this.audio = audio;
    this.samplesToNextFrame = samplesToNextFrame;
    this.bytesPerGroup = audio.channels * SAMPLE_BYTES[audio.encoding];
    this.most = Math.max(1, Math.floor((audio.sampleRate * hop) / 1000)) * this.bytesPerGroup;
  }

  /** Audio taken in, in milliseconds per channel, rounded up to a sample at the model's rate: where the last frame will end. */
  get audioMs(): Milliseconds {
    const groups = Math.floor(this.heardBytes / this.bytesPerGroup);
    return durationOf(samples(Math.ceil((groups * MODEL_RATE) / this.audio.sampleRate)));
  }

  push(input: StreamInput): readonly PortionedInput[] {
    if (input.kind !== 'audio') return [...this.flush(), input];
    const { bytes, arrivedAt } = input;
    if (this.waiting.length === 0)
      this.due = Math.min(this.heardBytes + this.most, this.samplesToNextFrame() * this.bytesPerGroup);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.heardBytes += bytes.length;
    this.arrivedAt = arrivedAt;
    return this.heardBytes >= this.due || this.waiting.length >= MOST_CHUNKS ? this.flush() : NOTHING;
  }

  flush(): readonly PortionedInput[] {
    const { waiting, waitingBytes, arrivedAt } = this;
    if (waiting.length === 0) return NOTHING;
    this.waiting = [];
    this.waitingBytes = 0;
    if (waitingBytes <= this.most) return [{ kind: 'audio', chunks: waiting, arrivedAt }];
    return pieces(Buffer.concat(waiting), this.most).map((piece) => ({ kind: 'audio', chunks: [piece], arrivedAt }));
  }
}

const pieces = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
