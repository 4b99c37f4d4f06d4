import type { Clock } from '../domain/clock.js';
import type { Log } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import type { InferenceBackend } from './inference-backend.js';
import type { InferenceObserver } from './inference-observer.js';
import { RestartBackoff } from './restart-backoff.js';

/** A backend that can be closed, or can end by itself. */
export interface PooledWorker extends InferenceBackend {
  /** Resolves when the runs under way are done and the worker has ended. */
  close(): Promise<void>;
}

/** What may happen to a worker that was ready. */
export interface WorkerFate {
  /** It has ended; called once. */
  readonly onEnd: (reason: string) => void;
  /** It takes no more batches, and cannot be killed: it ends only by itself. */
  readonly onHang: (reason: string) => void;
}

export interface SlotOptions {
  readonly start: (fate: WorkerFate) => Promise<PooledWorker>;
  /** Puts a ready worker to use; the returned function takes it out of use. */
  readonly attach: (worker: InferenceBackend) => () => void;
  /** The slot stays empty for now: its worker hangs, or could not be replaced yet and another try follows. */
  readonly onVacant: (reason: string) => void;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly observer: Pick<InferenceObserver, 'workerRestarted'>;
}

/** A slot for one worker: whenever the worker dies, another is started. */
export class WorkerSlot {
  readonly #options: SlotOptions;
  readonly #backoff = new RestartBackoff();
  #inUse: { readonly worker: PooledWorker; readonly detach: () => void } | null = null;
  #since = 0;
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
    const fate = { isInUse: false, end: null as string | null };
    const worker = await start({
      onEnd: (reason) => {
        fate.end = reason;
        if (fate.isInUse) this.#replace(reason);
      },
      onHang: (reason) => this.#retire(reason),
    });
    // A thread that dies at once has ended before this is reached.
    if (fate.end !== null) throw new Error(`it died as soon as it was ready: ${fate.end}`);
    fate.isInUse = true;
    this.#since = clock.now();
    this.#inUse = { worker, detach: attach(worker) };
  }

  /** Starts no more workers; resolves when the present one has ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wait?.cancel();
    await this.#restarting;
    await this.#inUse?.worker.close();
  }

  #retire(reason: string): void {
    this.#vacate();
    this.#options.log.error({ reason }, 'an inference worker hangs; another will start when it has ended');
    this.#options.onVacant(reason);
  }

  #replace(reason: string): void {
    const { clock, observer } = this.#options;
    this.#vacate();
    if (this.#isClosing) return;
    observer.workerRestarted(reason);
    this.#restartLater(reason, clock.now() - this.#since);
  }

  #vacate(): void {
    this.#inUse?.detach();
    this.#inUse = null;
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
      this.#options.onVacant(reasonOf(error));
      this.#restartLater(reasonOf(error), 0);
    }
  }
}
