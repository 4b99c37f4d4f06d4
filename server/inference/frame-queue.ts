import type { Outcome, Turn } from '../domain/outcome.js';

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
  readonly turn: Turn;
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

/** Frames of several models. What is due first goes first; of one batch every tenant that waits gets an equal part. */
export class FrameQueue {
  /** How many frames wait. */
  depth = 0;
  readonly #waiting = new Map<string, ModelQueue>();

  push(frame: WaitingFrame): void {
    this.#queueOf(frame.model).push(frame);
    this.depth += 1;
  }

  /** Frames of one model whose run has failed, to be run before all others of it, in their order. */
  pushAgain(frames: readonly WaitingFrame[]): void {
    const [first] = frames;
    if (!first) return;
    this.#queueOf(first.model).retries.push(...frames);
    this.depth += frames.length;
  }

  /**
   * Takes the frame that is due first, and with it others of its model, as many as `rowsOf` says of those that wait;
   * leaves out models of which fewer than `least` wait. Null when no frame is left.
   */
  takeBatch(rowsOf: (waiting: number) => number, least = 1): FrameBatch | null {
    let first: ModelQueue | null = null;
    for (const queue of this.#waiting.values()) {
      if (queue.size >= least && (first === null || queue.dueAt < first.dueAt)) first = queue;
    }
    const frames = first?.take(rowsOf) ?? [];
    this.depth -= frames.length;
    return frames[0] ? { model: frames[0].model, frames } : null;
  }

  takeAll(): WaitingFrame[] {
    const all = [...this.#waiting.values()].flatMap((queue) => queue.takeAll());
    this.#waiting.clear();
    this.depth = 0;
    return all;
  }

  #queueOf(model: BatchedModel): ModelQueue {
    const queue = this.#waiting.get(model.name) ?? new ModelQueue();
    this.#waiting.set(model.name, queue);
    return queue;
  }
}

/** The waiting frames of one model. */
class ModelQueue {
  readonly retries: WaitingFrame[] = [];
  /** By tenant, those due first in front; a tenant without waiting frames has no entry. */
  readonly #byTenant = new Map<string, WaitingFrame[]>();
  #fresh = 0;

  get size(): number {
    return this.#fresh + this.retries.length;
  }

  /** When its first frame is due; never, where it is empty. */
  get dueAt(): number {
    if (this.retries.length > 0) return -Infinity;
    let least = Infinity;
    for (const [head] of this.#byTenant.values()) least = Math.min(least, head!.turn.dueAt);
    return least;
  }

  push(frame: WaitingFrame): void {
    const { tenant, dueAt } = frame.turn;
    const queue = this.#byTenant.get(tenant) ?? [];
    this.#byTenant.set(tenant, queue);
    let place = queue.length;
    while (place > 0 && queue[place - 1]!.turn.dueAt > dueAt) place--;
    queue.splice(place, 0, frame);
    this.#fresh += 1;
  }

  take(rowsOf: (waiting: number) => number): WaitingFrame[] {
    if (this.retries.length > 0) return this.retries.splice(0, 1);
    const rows = Math.min(this.#fresh, rowsOf(this.#fresh));
    this.#fresh -= rows;
    const tenants = [...this.#byTenant].sort(([, [a]], [, [b]]) => a!.turn.dueAt - b!.turn.dueAt);
    const taken = tenants.length === 1 ? tenants[0]![1].splice(0, rows) : inTurn(tenants, rows);
    for (const [tenant, queue] of tenants) if (queue.length === 0) this.#byTenant.delete(tenant);
    return taken;
  }

  takeAll(): WaitingFrame[] {
    return [...this.retries, ...[...this.#byTenant.values()].flat()];
  }
}

/** One frame of each tenant, then a second one, and so on; there are at least `rows` in all. */
const inTurn = (tenants: readonly (readonly [string, WaitingFrame[]])[], rows: number): WaitingFrame[] => {
  const taken: WaitingFrame[] = [];
  while (taken.length < rows) {
    for (const [, queue] of tenants) {
      const frame = taken.length < rows ? queue.shift() : undefined;
      if (frame) taken.push(frame);
    }
  }
  return taken;
};
