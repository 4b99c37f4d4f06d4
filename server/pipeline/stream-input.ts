import type { Frame } from '../domain/frame.js';
import type { Announcing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';

/** What a caller's messages mean to its pipeline. `arrivedAt` is clock time in milliseconds. */
export type StreamInput =
  | { readonly kind: 'audio'; readonly bytes: Uint8Array; readonly arrivedAt: number }
  | { readonly kind: 'configure'; readonly announcing: Announcing }
  | { readonly kind: 'finalize'; readonly arrivedAt: number };

/** The same with the audio in portions: chunks that came one after another, and the time at which the last one arrived. */
export type PortionedInput =
  | { readonly kind: 'audio'; readonly chunks: readonly Uint8Array[]; readonly arrivedAt: number }
  | Exclude<StreamInput, { kind: 'audio' }>;

/** Where the caller itself ends the open utterance of a channel. */
export interface Cut {
  readonly channel: number;
  readonly at: Milliseconds;
  readonly reason: 'finalize' | 'close';
  /** Clock time in milliseconds. */
  readonly arrivedAt: number;
}

/** What the front half of the pipeline hands to the back half, in the order of the audio. */
export type PipelineItem =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'cut'; readonly cut: Cut }
  | { readonly kind: 'configure'; readonly announcing: Announcing };
