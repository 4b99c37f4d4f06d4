import type { Batch, BatchResult, InferenceBackend } from './inference-backend.js';
import { openLink, type Isolation, type WorkerLink } from './worker-link.js';
import type { FromWorker, WorkerPlan } from './worker-protocol.js';

export interface WorkerOptions {
  readonly plan: WorkerPlan;
  readonly isolation: Isolation | 'probe';
  /** The longest that a run may take, in milliseconds; no limit where it is left out. */
  readonly runTimeoutMs?: number;
  /** Called once, when a worker that was ready has ended, before its runs under way reject. */
  readonly onEnd?: (reason: string) => void;
  /** Called when a run takes too long in a worker that cannot be killed, before its runs reject; it then takes no more runs. */
  readonly onHang?: (reason: string) => void;
  /** Aborts a start that takes too long, by killing the worker if it is a process. */
  readonly signal?: AbortSignal;
}

/** A worker thread or process that runs the graphs of a plan. */
export class InferenceWorker implements InferenceBackend {
  /** Milliseconds per frame in the largest batch of the warm-up, summed over all graphs. */
  frameMs = 0;
  readonly #link: WorkerLink;
  readonly #options: WorkerOptions;
  #starting: Pending<InferenceWorker> | null;
  /** Runs in the order in which they were sent, which is also the order of their answers. */
  readonly #running: Run[] = [];
  /** The timer of the first of `#running`. */
  #deadline: NodeJS.Timeout | undefined;
  #life: 'starting' | 'ready' | 'hanging' | 'ended' = 'starting';
  /** Why the server gave the worker up; null if it did not. */
  #verdict: string | null = null;
  #onClosed: () => void = () => undefined;

  /** Resolves when every graph is open, checked and warm; rejects with the reason why not. */
  static start(options: WorkerOptions): Promise<InferenceWorker> {
    return new Promise((resolve, reject) => new InferenceWorker(options, { resolve, reject }));
  }

  private constructor(options: WorkerOptions, starting: Pending<InferenceWorker>) {
    const { plan, isolation, signal } = options;
    this.#options = options;
    this.#starting = starting;
    this.#link = openLink(isolation, {
      received: (message) => this.#receive(message),
      ended: (reason) => this.#end(reason),
    });
    signal?.addEventListener('abort', () => {
      if (this.#starting) this.#link.kill();
    });
    this.#link.send({ kind: 'start', plan });
  }

  run(batch: Batch): Promise<BatchResult> {
    if (this.#life === 'ended') return Promise.reject(new Error('the inference worker has ended'));
    if (this.#life === 'hanging') return Promise.reject(new Error('the inference worker hangs'));
    return new Promise((resolve, reject) => {
      this.#running.push({ batch, resolve, reject });
      if (this.#running.length === 1) this.#setDeadline();
      this.#link.send({ kind: 'run', ...batch });
    });
  }

  /** Resolves when the worker has finished its run, released its graphs and ended. */
  close(): Promise<void> {
    if (this.#life === 'ended') return Promise.resolve();
    return new Promise((resolve) => {
      this.#onClosed = resolve;
      this.#link.send({ kind: 'close' });
    });
  }

  /** Starts the time limit of the first run; the time of each later run begins when it becomes the first. */
  #setDeadline(): void {
    const { runTimeoutMs } = this.#options;
    const first = () => this.#running[0];
    const late = first();
    clearTimeout(this.#deadline);
    if (runTimeoutMs === undefined || late === undefined) return;
    this.#deadline = setTimeout(() => {
      // If the server itself was held up, the answer may already have come: it is read before this check.
      setImmediate(() => {
        if (late === first()) this.#giveUp(`a run took longer than ${runTimeoutMs} ms`);
      });
    }, runTimeoutMs);
  }

  #giveUp(reason: string): void {
    this.#verdict = reason;
    // When the process has ended, `#end` does the rest.
    if (this.#link.kill()) return;
    this.#life = 'hanging';
    this.#options.onHang?.(reason);
    this.#rejectAll(`the inference worker hangs: ${reason}`);
    this.#link.send({ kind: 'close' });
  }

  #rejectAll(problem: string): void {
    clearTimeout(this.#deadline);
    for (const { reject } of this.#running.splice(0)) reject(new Error(problem));
  }

  #receive(message: FromWorker): void {
    // The runs were rejected when the worker hung: an answer now comes too late.
    if (this.#life === 'hanging') return;
    switch (message.kind) {
      case 'ready':
        this.frameMs = message.frameMs;
        this.#life = 'ready';
        this.#takeStarting()?.resolve(this);
        return;
      case 'refused':
        this.#takeStarting()?.reject(new Error(message.reason));
        return;
      case 'ran': {
        const { batch, resolve } = this.#takeRunning();
        const { pcm, state } = message.memory ?? batch;
        const { logits, nextState, speech, inferMs } = message;
        resolve({ logits, nextState, speech, inferMs, pcm, state });
        return;
      }
      case 'run_failed':
        this.#takeRunning().reject(new Error(message.reason));
    }
  }

  #end(how: string): void {
    const wasReady = this.#life === 'ready' || this.#life === 'hanging';
    const reason = this.#verdict ?? how;
    this.#life = 'ended';
    this.#takeStarting()?.reject(new Error(`an inference worker ended before it was ready: ${reason}`));
    if (wasReady) this.#options.onEnd?.(reason);
    this.#rejectAll(`the inference worker died: ${reason}`);
    this.#onClosed();
  }

  #takeStarting(): Pending<InferenceWorker> | null {
    const starting = this.#starting;
    this.#starting = null;
    return starting;
  }

  #takeRunning(): Run {
    const running = this.#running.shift();
    this.#setDeadline();
    if (!running) throw new Error('an inference worker answered a run that nobody asked for');
    return running;
  }
}

interface Run extends Pending<BatchResult> {
  readonly batch: Batch;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}
