import type { Outcome } from '../domain/outcome.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import type { FrameBatch } from './frame-queue.js';
import type { BatchMemory, BatchResult, InferenceBackend, Scores } from './inference-backend.js';

/** A backend and the memory of its batches, which is reused: a frame is copied once, into its row of a batch. */
export class BatchLane {
  /** How many batches the backend has been given and has not answered yet. */
  underWay = 0;
  /** Whether the newest batch holds a frame whose run has failed before. */
  isRetrying = false;
  readonly backend: InferenceBackend;
  readonly #maxBatch: number;
  readonly #maxState: number;
  readonly #free: BatchMemory[] = [];

  constructor(backend: InferenceBackend, maxBatch: number, maxState: number) {
    this.backend = backend;
    this.#maxBatch = maxBatch;
    this.#maxState = maxState;
  }

  /** Runs at most `maxBatch` frames; the caller must give the result's memory back. Rejects when the backend does. */
  async run({ model, frames }: FrameBatch): Promise<BatchResult> {
    const { pcm, state } = this.#free.pop() ?? this.#allocate();
    for (const [row, frame] of frames.entries()) {
      pcm.set(frame.samples, row * FRAME_SAMPLES);
      layState(state, frame.state, row * model.stateSize, model.stateSize);
    }
    this.underWay += 1;
    this.isRetrying = frames.some(({ isRetry }) => isRetry);
    try {
      return await this.backend.run({ model: model.name, rows: frames.length, pcm, state });
    } finally {
      this.underWay -= 1;
    }
  }

  /** Takes back the memory of a result that nobody reads any more. */
  giveBack({ pcm, state }: BatchMemory): void {
    this.#free.push({ pcm, state });
  }

  #allocate(): BatchMemory {
    return {
      pcm: new Float32Array(this.#maxBatch * FRAME_SAMPLES),
      state: new Float32Array(this.#maxBatch * this.#maxState),
    };
  }
}

/** A row of a batch that ran, and the frame in it. */
export interface RanRow {
  readonly row: number;
  /** How many rows ran. */
  readonly rows: number;
  readonly queueMs: number;
  /** The state that the frame was classified with; the next state overwrites it, to save memory: states are large. */
  readonly state: Float32Array | null;
}

const OUTPUT_NAMES = ['logits', 'nextState', 'speech'];

/** The outcome of one row; failed, with the state left as it was, when the graph returned a number that is not finite. */
export const outcomeOfRow = (scores: Scores, { row, rows, queueMs, state }: RanRow): Outcome => {
  const cut = (all: Float32Array): Float32Array => {
    const width = all.length / rows;
    return all.subarray(row * width, (row + 1) * width);
  };
  const logits = cut(scores.logits);
  const nextState = scores.nextState && cut(scores.nextState);
  const speech = scores.speech && cut(scores.speech);
  const unsound = [logits, nextState, speech].findIndex((numbers) => numbers !== null && !areFinite(numbers));
  if (unsound >= 0) {
    return { kind: 'failed', reason: `the graph's ${OUTPUT_NAMES[unsound]!} are not all finite numbers` };
  }
  const kept = nextState && (state ?? new Float32Array(nextState.length));
  if (nextState) kept?.set(nextState);
  return { kind: 'classified', logits, nextState: kept, speech, queueMs, inferMs: scores.inferMs };
};

/**
 * Any sum with infinity or NaN is infinite or NaN, and no sum of so many single-precision numbers overflows double precision: one
 * pass without a call per number. Four sums need not wait for each other.
 */
const areFinite = (numbers: Float32Array): boolean => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = numbers.length - (numbers.length % 4);
  for (let at = 0; at < whole; at += 4) {
    a += numbers[at]!;
    b += numbers[at + 1]!;
    c += numbers[at + 2]!;
    d += numbers[at + 3]!;
  }
  for (let at = whole; at < numbers.length; at++) a += numbers[at]!;
  return Number.isFinite(a + b + c + d);
};

const layState = (memory: Float32Array, state: Float32Array | null, at: number, size: number): void => {
  if (state) memory.set(state, at);
  else memory.fill(0, at, at + size);
};
