/** The scores of one frame, and what its classification cost. */
export interface Classified {
  readonly kind: 'classified';
  /** Raw scores, one per label, in the order of the model card. */
  readonly logits: Float32Array;
  /** The state with which the next frame of the same utterance must be classified; null for a stateless model. */
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

/** A frame that arrives earlier than at speaking speed by more than this is from a recording, not from a live caller. */
export const AHEAD_MS = 1_000;

/** What decides the order in which waiting frames get a worker. */
export interface Turn {
  /** Whose frame it is: tenants share the workers equally when there are too few for all. */
  readonly tenant: string;
  /** Clock time in ms at which the frame's newest sample arrived, or would have at speaking speed, whichever is later. */
  readonly liveAt: number;
  /** Clock time in milliseconds by which the outcome is wanted: frames that are due first run first. */
  readonly dueAt: number;
}

/**
 * Classifies one second of audio; `state` is null for a stateless model, or for all zeros. The next state is returned in
 * the memory of `state`, so no other frame may be classified with that memory meanwhile. Never rejects.
 */
export type Classify = (samples: Float32Array, state: Float32Array | null, turn: Turn) => Promise<Outcome>;
