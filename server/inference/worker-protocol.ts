import type { ChecksummedFile, ModelCard, Provider } from '../domain/model-card.js';
import type { Batch, BatchMemory, Scores } from './inference-backend.js';

/** One graph that a worker serves, and what its card says about it. */
export interface GraphPlan {
  readonly model: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** The ONNX file and those with its weights, by absolute path; a worker checks that they are the files of the card. */
  readonly files: readonly ChecksummedFile[];
  readonly inputs: ModelCard['inputs'];
  readonly outputs: ModelCard['outputs'];
  readonly labels: number;
  readonly stateShape: readonly number[] | null;
}

/** Everything that a worker needs to get ready. */
export interface WorkerPlan {
  readonly provider: Provider;
  /** Threads that one run may use. */
  readonly threads: number;
  readonly graphs: readonly GraphPlan[];
  /** Ascending; each is run once before the worker is ready. */
  readonly batchSizes: readonly number[];
  /** Whether only `batchSizes` are run, smaller batches being padded, because a GPU tunes itself to every new shape. */
  readonly padsBatches: boolean;
  /** Whether each of `batchSizes` has its own session and copy of the weights: a change of size costs more than a run. */
  readonly sessionPerSize: boolean;
}

/** What the server sends to a worker: first `start`, then any number of `run`, last `close`. */
export type ToWorker =
  | { readonly kind: 'start'; readonly plan: WorkerPlan }
  | ({ readonly kind: 'run' } & Batch)
  | { readonly kind: 'close' };

/** What a worker sends: `ready` or `refused` once, then an answer to every `run`. */
export type FromWorker =
  /** `frameMs`: milliseconds per frame in the largest batch, summed over all graphs. */
  | { readonly kind: 'ready'; readonly frameMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `memory` returns the memory of the batch; null from a child process, which has only a copy. */
  | ({ readonly kind: 'ran'; readonly memory: BatchMemory | null } & Scores)
  | { readonly kind: 'run_failed'; readonly reason: string };

/** A worker's end of the connection. */
export interface WorkerPort {
  listen(receive: (message: ToWorker) => void): void;
  send(message: FromWorker): void;
  /** Stops sending and receiving, so that the worker can end by itself. */
  close(): void;
}
