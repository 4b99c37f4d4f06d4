import type { Outcome } from '../domain/outcome.js';

/** What batching must know of a model. */
export interface BatchedModel {
  readonly name: string;
  /** How many numbers one row's state has; 0 for a stateless model. */
  readonly stateSize: number;
}

/** A frame that waits for its outcome, with all that a run of it needs. */
export interface WaitingFrame {
  readonly model: BatchedModel;
  readonly samples: Float32Array;
  readonly state: Float32Array | null;
  /** Clock time. */
  readonly arrivedAt: number;
  /** Whether a run of it has failed before: it then runs alone, so that it can fail no other frame again. */
  readonly isRetry: boolean;
  /** Gives the frame its outcome; to be called once. */
  readonly settle: (outcome: Outcome) => void;
}

/** Frames of one model, at least one, that run together. */
export interface FrameBatch {
  readonly model: BatchedModel;
  readonly frames: readonly WaitingFrame[];
}

/** Frames of several models, in order of arrival within each model. */
export class FrameQueue {
  /** How many frames wait. */
  depth = 0;
  readonly #waiting = new Map<string, WaitingFrame[]>();

  push(frame: WaitingFrame): void {
    this.#queueOf(frame.model).push(frame);
    this.depth += 1;
  }

  /** Puts frames of one model before all others of it, keeping their order. */
  pushInFront(frames: readonly WaitingFrame[]): void {
    const [first] = frames;
    if (!first) return;
    this.#queueOf(first.model).unshift(...frames);
    this.depth += frames.length;
  }

  /** Takes the frame that arrived first and with it up to `limit` frames of its model; null when none waits. */
  takeBatch(limit: number): FrameBatch | null {
    const queue = this.#oldest();
    const head = queue?.[0];
    if (!queue || !head) return null;
    const frames = queue.splice(0, head.isRetry ? 1 : limit);
    this.depth -= frames.length;
    return { model: head.model, frames };
  }

  takeAll(): WaitingFrame[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.depth = 0;
    return all;
  }

  #queueOf(model: BatchedModel): WaitingFrame[] {
    const queue = this.#waiting.get(model.name) ?? [];
    this.#waiting.set(model.name, queue);
    return queue;
  }

  #oldest(): WaitingFrame[] | undefined {
    let oldest: WaitingFrame[] | undefined;
    let arrivedAt = Infinity;
    for (const queue of this.#waiting.values()) {
      const head = queue[0];
      if (head && head.arrivedAt < arrivedAt) {
        oldest = queue;
        arrivedAt = head.arrivedAt;
      }
    }
    return oldest;
  }
}
