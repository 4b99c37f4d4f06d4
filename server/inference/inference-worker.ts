import type { Batch, BatchResult, InferenceBackend } from './inference-backend.js';
import { openLink, type Isolation, type WorkerLink } from './worker-link.js';
import type { FromWorker, WorkerPlan } from './worker-protocol.js';

export interface WorkerOptions {
  readonly plan: WorkerPlan;
  readonly isolation: Isolation | 'probe';
  /** Called once, when a worker that was ready has ended, before its run under way rejects. */
  readonly onEnd?: (reason: string) => void;
  /** Gives up a start that takes too long, by killing the worker if it is a process. */
  readonly signal?: AbortSignal;
}

/** A worker thread or process that runs the graphs of a plan. */
export class InferenceWorker implements InferenceBackend {
  /** Milliseconds that one frame took in the largest batch of the warm-up, all graphs added up. */
  frameMs = 0;
  readonly #link: WorkerLink;
  readonly #onEnd: (reason: string) => void;
  #starting: Pending<InferenceWorker> | null;
  /** In the order in which they were sent, which is that of their answers. */
  readonly #running: (Pending<BatchResult> & { readonly batch: Batch })[] = [];
  #life: 'starting' | 'ready' | 'ended' = 'starting';
  #onClosed: () => void = () => undefined;

  /** Resolves when every graph is open, checked and warm; rejects with the reason why not. */
  static start(options: WorkerOptions): Promise<InferenceWorker> {
    return new Promise((resolve, reject) => new InferenceWorker(options, { resolve, reject }));
  }

  private constructor({ plan, isolation, onEnd, signal }: WorkerOptions, starting: Pending<InferenceWorker>) {
    this.#starting = starting;
    this.#onEnd = onEnd ?? (() => undefined);
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
    return new Promise((resolve, reject) => {
      this.#running.push({ batch, resolve, reject });
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

  #receive(message: FromWorker): void {
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

  #end(reason: string): void {
    const wasReady = this.#life === 'ready';
    this.#life = 'ended';
    this.#takeStarting()?.reject(new Error(`an inference worker ended before it was ready: ${reason}`));
    if (wasReady) this.#onEnd(reason);
    for (const { reject } of this.#running.splice(0)) reject(new Error(`the inference worker died: ${reason}`));
    this.#onClosed();
  }

  #takeStarting(): Pending<InferenceWorker> | null {
    const starting = this.#starting;
    this.#starting = null;
    return starting;
  }

  #takeRunning(): Pending<BatchResult> & { readonly batch: Batch } {
    const running = this.#running.shift();
    if (!running) throw new Error('an inference worker answered a run that nobody asked for');
    return running;
  }
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}
