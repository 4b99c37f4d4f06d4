import type { Milliseconds } from './units.js';

/** The newest second of one channel: the unit of inference. Whoever receives a frame owns its samples. */
export interface Frame {
  readonly channel: number;
  /** 16,000 amplitudes in −1…1 at 16 kHz; zeros where the stream had no audio. */
  readonly samples: Float32Array;
  /** Stream time at which the audio that no earlier frame held begins. */
  readonly freshFrom: Milliseconds;
  /** Stream time at which the newest real sample of the frame ends. */
  readonly end: Milliseconds;
  /** Probability of speech in each of n equal parts of the fresh audio, by signal energy. */
  readonly activity: Float32Array;
}
