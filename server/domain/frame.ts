import type { Milliseconds } from './units.js';

/** The newest second of one channel: the unit of inference. The memory of its samples is reused once it has an outcome. */
export interface Frame {
  readonly channel: number;
  /** 16,000 amplitudes in −1…1 at 16 kHz; zeros after the newest real sample where an utterance was cut short. */
  readonly samples: Float32Array;
  /** Stream time of the first sample. */
  readonly start: Milliseconds;
  /** Stream time at which its fresh audio begins, which is the audio that no earlier frame contained. */
  readonly freshFrom: Milliseconds;
  /** Stream time at which the newest real sample ends. */
  readonly end: Milliseconds;
  /** Probability of speech, by signal energy, in each of n equal parts of the fresh audio. */
  readonly activity: Float32Array;
  /** The level, in dBFS, of the loudest 20 ms of the fresh audio. */
  readonly loudestDbfs: number;
  /** Clock time in milliseconds at which the newest sample arrived. */
  readonly arrivedAt: number;
}
