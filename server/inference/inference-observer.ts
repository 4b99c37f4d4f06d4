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
    /** Milliseconds from its arrival to the start of its last run; to its outcome if it never ran. */
    readonly queueMs: number;
    /** How long after it was live its last run began; null for a frame that came sooner than at speaking speed. */
    readonly lagMs: number | null;
  }): void;
  /** A worker died of `reason` and is being replaced. */
  workerRestarted(reason: string): void;
}

/** Looks away. */
export const silentObserver: InferenceObserver = {
  batchRan: () => undefined,
  frameSettled: () => undefined,
  workerRestarted: () => undefined,
};
