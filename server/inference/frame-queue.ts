import type { Outcome, Turn } from '../domain/outcome.js';

/** What batching needs to know about a model. */
export interface BatchedModel {
  readonly name: string;
  /** How many numbers one row's state has; 0 for a stateless model. */
  readonly stateSize: number;
}

/** A frame that waits for its outcome, with everything that its run needs. */
export interface WaitingFrame {
  readonly model: BatchedModel;
  readonly samples: Float32Array;
  readonly state: Float32Array | null;
  readonly turn: Turn;
  /** Clock time in milliseconds. */
  readonly arrivedAt: number;
  /** Whether its run has failed before: it then runs alone, so that it cannot make other frames fail again. */
  readonly isRetry: boolean;
  /** Gives the frame its outcome; to be called once. */
  readonly settle: (outcome: Outcome) => void;
}

/** Frames of one model, at least one, that run together. */
export interface FrameBatch {
  readonly model: BatchedModel;
  readonly frames: readonly WaitingFrame[];
}

/**
 * The waiting frames of all models. Those due first run first, except that frames whose run has failed are kept apart; every
 * waiting tenant gets an equal part of each batch.
 */
export class FrameQueue {
  /** How many frames wait. */
  depth = 0;
  readonly #waiting = new Map<string, ModelQueue>();
  readonly #retries: WaitingFrame[] = [];

  push(frame: WaitingFrame): void {
    this.#queueOf(frame.model).push(frame);
    this.depth += 1;
  }

  /** Adds frames whose run has failed, which are to run again before all others, in this order and each alone. */
  pushAgain(frames: readonly WaitingFrame[]): void {
    this.#retries.push(...frames);
    this.depth += frames.length;
  }

  /** Whether frames wait whose run has failed. */
  get hasRetries(): boolean {
    return this.#retries.length > 0;
  }

  /** Takes the first of the frames whose run has failed; null when there is none. */
  takeRetry(): FrameBatch | null {
    const frame = this.#retries.shift();
    if (!frame) return null;
    this.depth -= 1;
    return { model: frame.model, frames: [frame] };
  }

  /**
   * Takes the frame that is due first and others of its model: `rowsOf` says how many, given how many wait. Leaves out models
   * with fewer than `least` waiting frames, and frames whose run has failed. Null when nothing can be taken.
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
    const all = [...this.#retries.splice(0), ...[...this.#waiting.values()].flatMap((queue) => queue.takeAll())];
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
  size = 0;
  /** By tenant, the frames due first in front; a tenant without waiting frames has no entry. */
  readonly #byTenant = new Map<string, WaitingFrame[]>();

  /** Clock time in milliseconds at which the first frame is due; Infinity where the queue is empty. */
  get dueAt(): number {
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
    this.size += 1;
  }

  take(rowsOf: (waiting: number) => number): WaitingFrame[] {
    const rows = Math.min(this.size, rowsOf(this.size));
    this.size -= rows;
    const tenants = [...this.#byTenant].sort(([, [a]], [, [b]]) => a!.turn.dueAt - b!.turn.dueAt);
    const taken = tenants.length === 1 ? tenants[0]![1].splice(0, rows) : inTurn(tenants, rows);
    for (const [tenant, queue] of tenants) if (queue.length === 0) this.#byTenant.delete(tenant);
    return taken;
  }

  takeAll(): WaitingFrame[] {
    return [...this.#byTenant.values()].flat();
  }
}

/** Takes one frame of each tenant, then a second one, and so on; the tenants must have at least `rows` in all. */
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
