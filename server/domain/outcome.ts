/** The scores of one frame, and what its classification cost. */
export interface Classified {
  readonly kind: 'classified';
  /** Raw scores, one per label, in the order of the model card. */
  readonly logits: Float32Array;
  /** What the next frame of the same utterance must be classified with; null for a stateless model. */
  readonly nextState: Float32Array | null;
  /** Probability of speech in each of n equal parts of the fresh audio; null when the graph has no such output. */
  readonly speech: Float32Array | null;
  /** Milliseconds that the frame waited for a worker, and that its micro-batch ran. */
  readonly queueMs: number;
  readonly inferMs: number;
}

/** What became of a frame. `classify` never rejects: overload and model failure are outcomes too. */
export type Outcome =
  | Classified
  /** Refused because the queue was full. */
  | { readonly kind: 'shed' }
  /** The worker or the graph failed, also on a second try. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A frame that came so much sooner than at speaking speed is of a recording, not of somebody who waits. */
export const AHEAD_MS = 1_000;

/** Whose turn it is when frames wait for a worker. */
export interface Turn {
  /** Tenants share the workers equally when there is not enough for all. */
  readonly tenant: string;
  /** Clock time in milliseconds at which its newest sample came, or would have come at speaking speed, whichever is later. */
  readonly liveAt: number;
  /** Clock time in milliseconds at which the answer is wanted: what is due first runs first. */
  readonly dueAt: number;
}

/**
 * Classifies one second of audio; `state` is null for a stateless model, or for all zeros. The next state is returned in
 * the memory of `state`, which no other frame may be classified with meanwhile. Never rejects.
 */
export type Classify = (samples: Float32Array, state: Float32Array | null, turn: Turn) => Promise<Outcome>;
