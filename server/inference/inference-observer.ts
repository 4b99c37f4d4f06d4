import type { Outcome } from '../domain/outcome.js';

/** What the metrics learn of inference. */
export interface InferenceObserver {
  /** A micro-batch of `rows` frames ran, out of `capacity` that would have fitted. */
  batchRan(batch: {
    readonly model: string;
    readonly rows: number;
    readonly capacity: number;
    readonly inferMs: number;
  }): void;
  /** A frame got its outcome. */
  frameSettled(frame: {
    readonly model: string;
    readonly kind: Outcome['kind'];
    /** Milliseconds from the frame's arrival to the start of its last run, or to its outcome if it never ran. */
    readonly queueMs: number;
    /** Milliseconds from its turn's `liveAt` to the start of its last run; null for a frame ahead of speaking speed. */
    readonly lagMs: number | null;
  }): void;
  /** A worker died, because of `reason`, and is being replaced. */
  workerRestarted(reason: string): void;
}

/** Ignores everything. */
export const silentObserver: InferenceObserver = {
  batchRan: () => undefined,
  frameSettled: () => undefined,
  workerRestarted: () => undefined,
};
