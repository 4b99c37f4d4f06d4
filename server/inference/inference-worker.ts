import type { Batch, BatchResult, InferenceBackend } from './inference-backend.js';
import { openLink, type Isolation, type WorkerLink } from './worker-link.js';
import type { FromWorker, WorkerPlan } from './worker-protocol.js';

export interface WorkerOptions {
  readonly plan: WorkerPlan;
  readonly isolation: Isolation | 'probe';
  /** A run may take so long; left out where nobody waits for it. */
  readonly runTimeoutMs?: number;
  /** Called once, when a worker that was ready has ended, before its run under way rejects. */
  readonly onEnd?: (reason: string) => void;
  /** Called when a run takes too long in a worker that cannot be ended, before that run rejects; the worker takes no other. */
  readonly onHang?: (reason: string) => void;
  /** Gives up a start that takes too long, by killing the worker if it is a process. */
  readonly signal?: AbortSignal;
}

/** A worker thread or process that runs the graphs of a plan. */
export class InferenceWorker implements InferenceBackend {
  /** Milliseconds that one frame took in the largest batch of the warm-up, all graphs added up. */
  frameMs = 0;
  readonly #link: WorkerLink;
  readonly #options: WorkerOptions;
  #starting: Pending<InferenceWorker> | null;
  /** In the order in which they were sent, which is that of their answers. */
  readonly #running: Run[] = [];
  /** Of the first of them. */
  #deadline: NodeJS.Timeout | undefined;
  #life: 'starting' | 'ready' | 'hanging' | 'ended' = 'starting';
  /** Why it was ended, where that was for something that it did. */
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

  /** Gives the first run its time; those behind it wait for theirs. */
  #setDeadline(): void {
    const { runTimeoutMs } = this.#options;
    const first = () => this.#running[0];
    const late = first();
    clearTimeout(this.#deadline);
    if (runTimeoutMs === undefined || late === undefined) return;
    this.#deadline = setTimeout(() => {
      // The answer may have come while the server itself was held up: it is read before the worker is judged.
      setImmediate(() => {
        if (late === first()) this.#giveUp(`a run took longer than ${runTimeoutMs} ms`);
      });
    }, runTimeoutMs);
  }

  #giveUp(reason: string): void {
    this.#verdict = reason;
    // The end of the process does the rest.
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
    // What comes too late is no answer any more.
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
