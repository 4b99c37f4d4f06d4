import type { AudioFormat } from './client-messages.js';
import type { Verdict } from './server-messages.js';

/** A whole WAV file, or audio without a header. */
export type Recording =
  | { readonly kind: 'wav'; readonly bytes: Uint8Array }
  | { readonly kind: 'raw'; readonly audio: AudioFormat; readonly bytes: Uint8Array };

/** The settings of a one-shot classification; without `model`, the server's default model is used. */
export interface ClassifySettings {
  readonly model?: string;
  readonly top_k: number;
}

/** One recording to classify. */
export interface ClassifyRequest extends ClassifySettings {
  readonly recording: Recording;
}

/** One utterance of a recording; times are in milliseconds from the start of the recording. */
export interface Utterance extends Verdict {
  readonly channel: number;
  readonly utterance: number;
  readonly start_ms: number;
  readonly end_ms: number;
}

/** The result for one recording. */
export interface ClassifyResponse extends Verdict {
  readonly model: string;
  readonly audio_ms: number;
  readonly utterances: readonly Utterance[];
}

/** A model that is served. */
export interface ModelListing {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The intents that may be announced. */
  readonly labels: readonly string[];
  readonly sample_rate: number;
  readonly frame_ms: number;
  readonly hop_ms: number;
  readonly min_hop_ms: number;
  readonly max_hop_ms: number;
  readonly precision: string;
  /** The execution provider in use. */
  readonly provider: string;
  readonly is_default: boolean;
}

/** The models that are served, the default one first. */
export interface ListModelsResponse {
  readonly models: readonly ModelListing[];
}
