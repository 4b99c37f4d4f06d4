import { AHEAD_MS, type Outcome, type Turn } from '../domain/outcome.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import { BatchLane, outcomeOfRow } from './batch-lane.js';
import { batchRows } from './batch-rows.js';
import { reasonOf } from '../domain/reason.js';
import { FrameQueue, type BatchedModel, type FrameBatch, type WaitingFrame } from './frame-queue.js';
import type { BatchResult, InferenceBackend } from './inference-backend.js';
import { silentObserver, type InferenceObserver } from './inference-observer.js';

export interface MicroBatcherOptions {
  readonly models: readonly BatchedModel[];
  /** The most frames of one run. */
  readonly maxBatch: number;
  /** The only batch sizes that are run, ascending, smaller batches being padded; empty where any size is run. */
  readonly paddedSizes: readonly number[];
  /** The most frames that may wait, of all models together; further ones are shed. */
  readonly queueLimit: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

const CLOSING = 'inference is closing';

/**
 * Works like group commit in databases: a free backend takes the frame that is due first, and with it as many waiting frames
 * of the same model as fit. So an idle server answers at once, and a busy one forms batches, without a delay to tune.
 * "At once" is the end of the event loop's turn, so that frames that came in the same turn run together (DECISIONS 90).
 * A busy backend gets its next batch as soon as that is full, so that it need not wait for this thread. Frames whose run has
 * failed come first, each alone on a backend.
 */
export class MicroBatcher {
  readonly #options: MicroBatcherOptions;
  readonly #models: ReadonlyMap<string, BatchedModel>;
  readonly #maxState: number;
  readonly #queue = new FrameQueue();
  readonly #lanes = new Set<BatchLane>();
  #unsettled = 0;
  #observer: InferenceObserver = silentObserver;
  #givenUp: string | null = null;
  #closing: { readonly drained: () => void } | null = null;
  #isTurnAwaited = false;

  constructor(options: MicroBatcherOptions) {
    this.#options = options;
    this.#models = new Map(options.models.map((model) => [model.name, model]));
    this.#maxState = Math.max(0, ...options.models.map(({ stateSize }) => stateSize));
  }

  /** How many frames wait for a backend. */
  get queueDepth(): number {
    return this.#queue.depth;
  }

  /** Whether `giveUp` was called and no backend has been attached since. */
  get hasGivenUp(): boolean {
    return this.#givenUp !== null;
  }

  /**
   * Classifies one second of audio with a model that was given to the constructor. A null state means all zeros; the memory
   * of any other state is reused for the next state. Never rejects.
   */
  classify(name: string, samples: Float32Array, state: Float32Array | null, turn: Turn): Promise<Outcome> {
    const model = this.#models.get(name);
    if (!model) return this.#refuse(name, { kind: 'failed', reason: `there is no model ${JSON.stringify(name)}` });
    const refused = this.#refusalOf(model, samples, state);
    if (refused) return this.#refuse(name, refused);
    const arrivedAt = this.#options.now();
    this.#unsettled += 1;
    return new Promise((settle) => {
      this.#queue.push({ model, samples, state, turn, arrivedAt, isRetry: false, settle });
      this.#dispatch();
    });
  }

  /** Gives batches to `backend` from now on; the returned function stops that. */
  attach(backend: InferenceBackend): () => void {
    const lane = new BatchLane(backend, this.#options.maxBatch, this.#maxState);
    this.#lanes.add(lane);
    this.#givenUp = null;
    this.#dispatch();
    return () => this.#lanes.delete(lane);
  }

  /** Fails every waiting frame, and every new one until a backend is attached again. */
  giveUp(reason: string): void {
    this.#givenUp = reason;
    this.#failWaiting(reason);
  }

  /** Reports everything that happens from now on to `observer`. */
  observe(observer: InferenceObserver): void {
    this.#observer = observer;
  }

  /** Takes no more frames and fails those that wait; resolves once those that run have their outcomes. */
  close(): Promise<void> {
    return new Promise((drained) => {
      this.#closing = { drained };
      this.#failWaiting(CLOSING);
      if (this.#unsettled === 0) drained();
    });
  }

  /** Why no further runs begin; null while they do. */
  get #end(): string | null {
    return this.#closing ? CLOSING : this.#givenUp;
  }

  #failWaiting(reason: string): void {
    for (const frame of this.#queue.takeAll())
      this.#settle(frame, { kind: 'failed', reason }, this.#options.now() - frame.arrivedAt);
  }

  #refuse(model: string, outcome: Outcome): Promise<Outcome> {
    this.#observer.frameSettled({ model, kind: outcome.kind, queueMs: 0, lagMs: null });
    return Promise.resolve(outcome);
  }

  /** The outcome of a frame that is not even queued; null when it may be queued. */
  #refusalOf(model: BatchedModel, samples: Float32Array, state: Float32Array | null): Outcome | null {
    if (this.#end !== null) return { kind: 'failed', reason: this.#end };
    if (samples.length !== FRAME_SAMPLES) {
      return { kind: 'failed', reason: `a frame of ${samples.length} samples: must be ${FRAME_SAMPLES}` };
    }
    if (state && state.length !== model.stateSize) {
      const reason = `a state of ${state.length} numbers: the model ${model.name} has ${model.stateSize}`;
      return { kind: 'failed', reason };
    }
    return this.#queue.depth >= this.#options.queueLimit ? { kind: 'shed' } : null;
  }

  /**
   * Full batches are given at once, to idle backends first; only then may busy ones get a second. A retried frame has its
   * backend to itself. Frames that fill no batch wait for the end of this turn of the event loop, which may bring more, but
   * none is shed while a backend is idle.
   */
  #dispatch(): void {
    const { maxBatch, queueLimit } = this.#options;
    this.#giveIdle(this.#queue.depth < queueLimit ? maxBatch : 1);
    if (this.#queue.hasRetries) return;
    for (const lane of this.#lanes)
      if (lane.underWay === 1 && !lane.isRetrying && this.#queue.depth >= maxBatch)
        this.#give(lane, this.#takeBatch(maxBatch));
    if (this.#queue.depth > 0 && this.#hasIdle) this.#awaitTurn();
  }

  #awaitTurn(): void {
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    setImmediate(() => {
      this.#isTurnAwaited = false;
      this.#giveIdle(1);
    });
  }

  get #hasIdle(): boolean {
    return [...this.#lanes].some(({ underWay }) => underWay === 0);
  }

  /** Gives each idle backend a retried frame or a batch of at least `least` frames, while there are any. */
  #giveIdle(least: number): void {
    for (const lane of this.#lanes)
      if (lane.underWay === 0) this.#give(lane, this.#queue.takeRetry() ?? this.#takeBatch(least));
  }

  #takeBatch(least: number): FrameBatch | null {
    const { maxBatch, paddedSizes } = this.#options;
    return this.#queue.takeBatch((waiting) => batchRows(waiting, maxBatch, paddedSizes), least);
  }

  #give(lane: BatchLane, batch: FrameBatch | null): void {
    if (batch) void this.#run(lane, batch);
  }

  /** Runs one batch and hands out its outcomes; never rejects. */
  async #run(lane: BatchLane, batch: FrameBatch): Promise<void> {
    const settle = await lane.run(batch).then(
      (result) => () => {
        this.#handOut(batch, result);
        lane.giveBack(result);
      },
      (error: unknown) => () => this.#retryOrFail(batch, reasonOf(error)),
    );
    settle();
    this.#dispatch();
  }

  #handOut({ model, frames }: FrameBatch, result: BatchResult): void {
    const { inferMs } = result;
    const capacity = this.#options.maxBatch;
    this.#observer.batchRan({ model: model.name, rows: frames.length, capacity, inferMs });
    const startedAt = this.#options.now() - inferMs;
    for (const [row, frame] of frames.entries()) {
      const queueMs = Math.max(0, startedAt - frame.arrivedAt);
      const ran = { row, rows: frames.length, queueMs, state: frame.state };
      this.#settle(frame, outcomeOfRow(result, ran), queueMs);
    }
  }

  /**
   * Gives each frame of a failed batch a second run, alone, so that the frame that broke the batch cannot break the others
   * again. There is no second run while no further runs begin.
   */
  #retryOrFail({ frames }: FrameBatch, reason: string): void {
    const isAtAnEnd = (frame: WaitingFrame): boolean => frame.isRetry || this.#end !== null;
    this.#queue.pushAgain(frames.filter((frame) => !isAtAnEnd(frame)).map((frame) => ({ ...frame, isRetry: true })));
    for (const frame of frames.filter(isAtAnEnd))
      this.#settle(frame, { kind: 'failed', reason }, this.#options.now() - frame.arrivedAt);
  }

  #settle(frame: WaitingFrame, outcome: Outcome, queueMs: number): void {
    this.#unsettled -= 1;
    const { liveAt } = frame.turn;
    const lagMs = liveAt > frame.arrivedAt + AHEAD_MS ? null : Math.max(0, frame.arrivedAt + queueMs - liveAt);
    this.#observer.frameSettled({ model: frame.model.name, kind: outcome.kind, queueMs, lagMs });
    frame.settle(outcome);
    if (this.#unsettled === 0) this.#closing?.drained();
  }
}
