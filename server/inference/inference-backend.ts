/** Frames of one model, for one run. The backend may take the arrays' memory away, and returns it with the result. */
export interface Batch {
  readonly model: string;
  /** How many frames; what the arrays hold beyond them has no meaning. */
  readonly rows: number;
  /** [rows or more, 16000] */
  readonly pcm: Float32Array;
  /** [rows or more, numbers of one state]; ignored for a stateless model. */
  readonly state: Float32Array;
}

/** The outputs of one run, row after row. */
export interface Scores {
  /** [rows, labels] */
  readonly logits: Float32Array;
  /** [rows, numbers of one state], in the memory of the batch's `state`; null for a stateless model. */
  readonly nextState: Float32Array | null;
  /** [rows, n]; null when the graph has no such output. */
  readonly speech: Float32Array | null;
  /** Milliseconds that the graph ran. */
  readonly inferMs: number;
}

/** The memory of a batch. */
export type BatchMemory = Pick<Batch, 'pcm' | 'state'>;

/** The scores of a batch, and its memory, which is free again. */
export type BatchResult = Scores & BatchMemory;

/** Runs batches one after the other, in the order in which they are given; two may be under way. */
export interface InferenceBackend {
  /** Rejects when the run failed or the backend died; the memory of the batch is then lost. */
  run(batch: Batch): Promise<BatchResult>;
}
