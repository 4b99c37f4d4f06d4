import type { ChecksummedFile, ModelCard, Provider } from '../domain/model-card.js';
import type { Batch, BatchMemory, Scores } from './inference-backend.js';

/** One graph that a worker serves, and what its card says of it. */
export interface GraphPlan {
  readonly model: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** That file and those with its weights, by absolute path: what a worker opens must be what the card is of. */
  readonly files: readonly ChecksummedFile[];
  readonly inputs: ModelCard['inputs'];
  readonly outputs: ModelCard['outputs'];
  readonly labels: number;
  readonly stateShape: readonly number[] | null;
}

/** All that a worker needs to get ready. */
export interface WorkerPlan {
  readonly provider: Provider;
  /** Threads that one run may use. */
  readonly threads: number;
  readonly graphs: readonly GraphPlan[];
  /** Ascending; each is run once before the worker is ready. */
  readonly batchSizes: readonly number[];
  /** Whether only these sizes are ever run, smaller batches being padded: a GPU tunes itself to every new shape. */
  readonly padsBatches: boolean;
  /** Whether each of these sizes has a session of its own, with a copy of the weights, because a change of size costs more than a run. */
  readonly sessionPerSize: boolean;
}

/** What the server says to a worker; first `start`, then any number of `run`, last `close`. */
export type ToWorker =
  | { readonly kind: 'start'; readonly plan: WorkerPlan }
  | ({ readonly kind: 'run' } & Batch)
  | { readonly kind: 'close' };

/** What a worker says: `ready` or `refused` once, then an answer to every `run`. */
export type FromWorker =
  /** `frameMs`: how long one frame takes in the largest batch, all graphs added up. */
  | { readonly kind: 'ready'; readonly frameMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `memory` is that of the batch on its way back; a child process has none to return. */
  | ({ readonly kind: 'ran'; readonly memory: BatchMemory | null } & Scores)
  | { readonly kind: 'run_failed'; readonly reason: string };

/** A worker's end of the connection. */
export interface WorkerPort {
  listen(receive: (message: ToWorker) => void): void;
  send(message: FromWorker): void;
  /** Nothing comes or goes any more, so that the worker can end by itself. */
  close(): void;
}
