import { WorkerSlot, type SlotOptions } from './worker-slot.js';

export interface WorkerPoolOptions extends Omit<SlotOptions, 'onVacant'> {
  /** How many workers. */
  readonly count: number;
  /** Called when a worker could not be replaced, or hangs, and no other is left. */
  readonly onExhausted: (reason: string) => void;
}

export interface PoolHealth {
  readonly workers: number;
  /** Workers that can take a batch. */
  readonly healthy: number;
}

/** Keeps a number of workers running: one that dies is replaced, after a delay, until the pool closes. */
export class WorkerPool {
  readonly #slots: readonly WorkerSlot[];

  /** Resolves when every worker is ready; if one does not start, closes all and rejects with the first reason. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const starts = await Promise.allSettled(pool.#slots.map((slot) => slot.open()));
    const failure = starts.find((start) => start.status === 'rejected');
    if (!failure) return pool;
    await pool.close();
    throw failure.reason;
  }

  private constructor({ count, onExhausted, ...slot }: WorkerPoolOptions) {
    const onVacant = (reason: string): void => {
      if (this.health().healthy === 0) onExhausted(reason);
    };
    this.#slots = Array.from({ length: count }, () => new WorkerSlot({ ...slot, onVacant }));
  }

  health(): PoolHealth {
    return { workers: this.#slots.length, healthy: this.#slots.filter(({ isHealthy }) => isHealthy).length };
  }

  /** Lets runs under way finish, then ends every worker. */
  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}
