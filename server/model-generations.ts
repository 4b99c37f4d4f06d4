import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './domain/log.js';
import { reasonOf } from './domain/reason.js';
import type { Milliseconds } from './domain/units.js';
import type { Inference } from './inference/inference.js';
import type { PoolHealth } from './inference/worker-pool.js';
import type { ModelShelf, ModelUser, ServedModel } from './session/served-model.js';

/** How long streams may go on with replaced models while a further reload waits, before they are asked to reconnect. */
const PATIENCE_MS = 60_000;

export interface GenerationsOptions {
  /**
   * Loads, verifies and warms up every package; rejects with what is wrong, after closing everything again. Calls
   * `onExhausted` whenever none of the workers that it started is left and none could be started in their place.
   */
  readonly load: (onExhausted: () => void) => Promise<Inference>;
  /** Calls `changed` whenever the packages have changed, until the function that it resolves with is called. */
  readonly watch: (changed: () => void) => Promise<() => void>;
  readonly shelf: ModelShelf;
  readonly defaultModel: string | null;
  /** How long streams may go on after they are asked to reconnect. */
  readonly grace: Milliseconds;
  readonly patienceMs?: number;
  readonly reloaded: (outcome: 'loaded' | 'refused') => void;
  readonly log: Log;
}

/**
 * The models that new streams get, and those that they replaced, which are kept as long as streams use them: never more
 * than these two sets are in memory. Each set has its own workers and its own queue, so that no stream meets two versions.
 */
export class ModelGenerations {
  private current: Generation | null = null;
  private retiring: Generation | null = null;
  /** The newest task: loads and reloads run one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  /** A reload that has not begun yet: further requests to reload get this one. */
  private next: Promise<boolean> | null = null;
  private isClosing = false;
  private isKeeping = false;
  private unwatch: () => void = () => undefined;

  constructor(private readonly options: GenerationsOptions) {}

  /** Loads the models; rejects where that fails, or where the default model is not among them. */
  start(): Promise<void> {
    const started = this.begin();
    this.work = started.catch(() => undefined);
    return started;
  }

  /** Health of the current models' workers; null before any models are loaded. */
  health(): PoolHealth | null {
    return this.current?.inference.health() ?? null;
  }

  /** Frames that wait for a worker, those of replaced models included. */
  get queueDepth(): number {
    return (this.current?.inference.queueDepth ?? 0) + (this.retiring?.inference.queueDepth ?? 0);
  }

  get retiringCount(): number {
    return this.retiring === null ? 0 : 1;
  }

  /** Loads the packages again and gives them to new streams; resolves with false, and changes nothing, where that fails. */
  reload(): Promise<boolean> {
    if (this.isKeeping) {
      this.options.log.info({}, 'the models are not reloaded: the server is draining');
      return Promise.resolve(false);
    }
    this.next ??= this.work.then(() => {
      this.next = null;
      return this.replace();
    });
    this.work = this.next;
    return this.next;
  }

  /** Takes no further versions of the models, which nobody would use: a server that drains admits no new streams. */
  keep(): void {
    this.isKeeping = true;
    this.unwatch();
  }

  /** Fails all waiting frames, then waits for a load in progress and closes its models, too. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.unwatch();
    const loaded = this.current;
    await Promise.all([loaded?.inference.close(), this.retiring?.inference.close()]);
    await this.work;
    if (this.current !== loaded) await this.current?.inference.close();
  }

  private async begin(): Promise<void> {
    this.unwatch = await this.options.watch(() => void this.reload());
    this.current = await this.open();
  }

  private async replace(): Promise<boolean> {
    const { log, reloaded } = this.options;
    try {
      await this.makeRoom();
      if (this.isClosing || this.isKeeping) return false;
      const previous = this.current;
      this.current = await this.open();
      if (previous) this.retire(previous);
    } catch (problem) {
      reloaded('refused');
      log.error({ reason: reasonOf(problem) }, 'the models were not reloaded: those before stay');
      return false;
    }
    reloaded('loaded');
    const models = this.options.shelf.all.map(({ card }) => `${card.name} ${card.version}`);
    log.info({ models, streamsOnEarlier: this.retiring?.userCount ?? 0 }, 'the models were reloaded');
    return true;
  }

  private async open(): Promise<Generation> {
    const { load, shelf, defaultModel } = this.options;
    const generation = new Generation(await load(() => this.leaveExhausted()));
    try {
      shelf.place(generation.models, defaultModel);
    } catch (problem) {
      await generation.inference.close();
      throw problem;
    }
    return generation;
  }

  private retire(previous: Generation): void {
    this.retiring = previous;
    this.leaveExhausted();
    void previous.whenUnused().then(async () => {
      await previous.inference.close();
      if (this.retiring === previous) this.retiring = null;
      this.options.log.info({}, 'the replaced models were closed: no stream is left on them');
    });
  }

  /** Resolves when no replaced models are left in memory; asks their streams to reconnect if they do not end in time. */
  private async makeRoom(): Promise<void> {
    const { retiring } = this;
    if (retiring === null) return;
    const { patienceMs = PATIENCE_MS } = this.options;
    if (!(await retiring.isUnusedWithin(patienceMs))) await this.seeOut(retiring, 'further models wait for their room');
    await retiring.whenUnused();
    await retiring.inference.close();
  }

  /** Asks streams on replaced models to reconnect once no worker is left there: they would get nothing but gaps. */
  private leaveExhausted(): void {
    const { retiring } = this;
    if (!retiring?.inference.isExhausted || retiring.userCount === 0) return;
    void this.seeOut(retiring, 'no inference worker of theirs is left');
  }

  /** Asks the streams on replaced models to reconnect, once, and ends those that are still there after the grace period. */
  private async seeOut(retiring: Generation, reason: string): Promise<void> {
    if (retiring.isLeft) return;
    retiring.isLeft = true;
    const { log, grace } = this.options;
    const fields = { streams: retiring.userCount, graceMs: grace, reason };
    log.warn(fields, 'streams on replaced models are asked to reconnect');
    retiring.tell((user) => user.announceDrain(grace));
    if (!(await retiring.isUnusedWithin(grace))) retiring.tell((user) => user.finish('drained'));
  }
}

/** Models that were loaded together, and the streams and recordings that use them. */
class Generation {
  readonly models: readonly ServedModel[];
  /** Whether its streams have been asked to reconnect. */
  isLeft = false;
  private readonly users = new Set<ModelUser>();
  private tellUnused: (() => void)[] = [];

  constructor(readonly inference: Inference) {
    this.models = inference.models.map(({ card, provider, variant }) => ({
      card,
      provider,
      precision: variant.precision,
      classify: inference.classifierFor(card.name),
      use: (user) => this.enter(user),
    }));
  }

  get userCount(): number {
    return this.users.size;
  }

  tell(what: (user: ModelUser) => void): void {
    for (const user of [...this.users]) what(user);
  }

  whenUnused(): Promise<void> {
    if (this.users.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.tellUnused.push(resolve));
  }

  async isUnusedWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const tooLong = sleep(ms, false, timer).catch(() => false);
    const isUnused = await Promise.race([this.whenUnused().then(() => true), tooLong]);
    timer.abort();
    return isUnused;
  }

  private enter(user: ModelUser): () => void {
    // An object of its own for every use: the same user may enter twice.
    const token = { announceDrain: user.announceDrain.bind(user), finish: user.finish.bind(user) };
    this.users.add(token);
    return () => {
      if (!this.users.delete(token) || this.users.size > 0) return;
      for (const tell of this.tellUnused.splice(0)) tell();
    };
  }
}
