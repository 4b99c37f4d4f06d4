import { reasonOf } from './failure-reason.js';
import type { InferenceBackend } from './inference-backend.js';
import type { InferenceLog } from './inference-log.js';
import type { InferenceObserver } from './inference-observer.js';
import { RestartBackoff } from './restart-backoff.js';

/** A backend that can end, in order or not. */
export interface PooledWorker extends InferenceBackend {
  /** Resolves when its run under way is done and it has ended. */
  close(): Promise<void>;
}

/** Time as the pool sees it: passed in, so that tests own it. */
export interface PoolClock {
  now(): number;
  /** Calls `action` once, `ms` from now, unless cancelled first. */
  after(ms: number, action: () => void): { cancel(): void };
}

export interface SlotOptions {
  /** Starts a worker; `onEnd` is called once when it has ended after it was ready. */
  readonly start: (onEnd: (reason: string) => void) => Promise<PooledWorker>;
  /** Puts a ready worker to use; the function returned takes it out of use. */
  readonly attach: (worker: InferenceBackend) => () => void;
  /** A worker could not be replaced; another try will follow. */
  readonly onStartFailed: (reason: string) => void;
  readonly clock: PoolClock;
  readonly log: InferenceLog;
  readonly observer: Pick<InferenceObserver, 'workerRestarted'>;
}

/** The place of one worker: whenever it dies, another takes its place. */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly #backoff = new RestartBackoff();
  #inUse: { readonly worker: PooledWorker; readonly detach: () => void; readonly since: number } | null = null;
  #wait: { cancel(): void } | null = null;
  #restarting: Promise<void> | null = null;
  #isClosing = false;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get isHealthy(): boolean {
    return this.#inUse !== null;
  }

  /** Starts a worker and puts it to use. Rejects with the reason if it does not start. */
  async open(): Promise<void> {
    const { start, attach, clock } = this.#options;
    const worker = await start((reason) => this.#replace(reason));
    this.#inUse = { worker, since: clock.now(), detach: attach(worker) };
  }

  /** Starts no more workers; resolves when the last has ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wait?.cancel();
    await this.#restarting;
    await this.#inUse?.worker.close();
  }

  #replace(reason: string): void {
    const { clock, observer } = this.#options;
    const since = this.#inUse?.since ?? clock.now();
    this.#inUse?.detach();
    this.#inUse = null;
    if (this.#isClosing) return;
    observer.workerRestarted(reason);
    this.#restartLater(reason, clock.now() - since);
  }

  #restartLater(reason: string, livedMs: number): void {
    const { clock, log } = this.#options;
    const delayMs = this.#backoff.nextDelay(livedMs);
    log.error({ reason, delayMs }, 'an inference worker died; another will start');
    this.#wait = clock.after(delayMs, () => {
      this.#restarting = this.#restart();
    });
  }

  async #restart(): Promise<void> {
    try {
      await this.open();
      this.#options.log.info({}, 'an inference worker took the place of a dead one');
    } catch (error) {
      if (this.#isClosing) return;
      this.#options.onStartFailed(reasonOf(error));
      this.#restartLater(reasonOf(error), 0);
    }
  }
}
