import type { Hertz, Milliseconds } from './units.js';

export type Encoding = 'pcm_s16le' | 'pcm_f32le' | 'mulaw' | 'alaw';

/** How the bytes of a stream become samples; channels are interleaved. */
export interface AudioFormat {
  readonly encoding: Encoding;
  readonly sampleRate: Hertz;
  readonly channels: number;
}

/** When an utterance counts as ended. */
export interface Endpointing {
  /** This much silence ends an utterance. */
  readonly silence: Milliseconds;
  /** An utterance that reaches this length is ended. */
  readonly maxUtterance: Milliseconds;
}

/** What a caller may change while the stream runs. */
export interface Announcing {
  /** Whether tentative intents are sent. */
  readonly interim: boolean;
  /** How many scores an intent event carries. */
  readonly topK: number;
  /** Replaces the model card's out-of-scope threshold; null keeps it. */
  readonly threshold: number | null;
  readonly endpointing: Endpointing;
}
