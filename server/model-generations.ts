import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './domain/log.js';
import { reasonOf } from './domain/reason.js';
import type { Milliseconds } from './domain/units.js';
import type { Inference } from './inference/inference.js';
import type { PoolHealth } from './inference/worker-pool.js';
import type { ModelShelf, ModelUser, ServedModel } from './session/served-model.js';

/** How long streams may go on with a replaced version after a further one is there, before they are asked to reconnect. */
const PATIENCE_MS = 60_000;

export interface GenerationsOptions {
  /**
   * Loads, verifies and warms every package; rejects, with everything closed again, with what is wrong. Calls back whenever no worker is left of what
   * it loaded, and none could be started.
   */
  readonly load: (onExhausted: () => void) => Promise<Inference>;
  /** Calls back whenever the packages have changed, until what it resolves with is called. */
  readonly watch: (changed: () => void) => Promise<() => void>;
  readonly shelf: ModelShelf;
  readonly defaultModel: string | null;
  /** For streams that are asked to reconnect. */
  readonly grace: Milliseconds;
  readonly patienceMs?: number;
  readonly reloaded: (outcome: 'loaded' | 'refused') => void;
  readonly log: Log;
}

/**
 * The models that new streams get, and beside them those that they replaced, for as long as streams go on with them: never more than these two
 * sets in memory. A set has workers and a queue of its own, so that no stream ever meets two versions.
 */
export class ModelGenerations {
  private current: Generation | null = null;
  private retiring: Generation | null = null;
  /** One thing after the other. */
  private work: Promise<unknown> = Promise.resolve();
  /** A reload that has not begun: whoever asks for another wants this one. */
  private next: Promise<boolean> | null = null;
  private isClosing = false;
  private unwatch: () => void = () => undefined;

  constructor(private readonly options: GenerationsOptions) {}

  /** Rejects as loading does, or where the default model is not among the models. */
  start(): Promise<void> {
    const started = this.begin();
    this.work = started.catch(() => undefined);
    return started;
  }

  /** Of the present models; null before there are any. */
  health(): PoolHealth | null {
    return this.current?.inference.health() ?? null;
  }

  /** Frames that wait for a worker, of whichever version. */
  get queueDepth(): number {
    return (this.current?.inference.queueDepth ?? 0) + (this.retiring?.inference.queueDepth ?? 0);
  }

  get retiringCount(): number {
    return this.retiring === null ? 0 : 1;
  }

  /** Loads the packages anew and gives them to new streams; false, and everything as before, where that fails. */
  reload(): Promise<boolean> {
    this.next ??= this.work.then(() => {
      this.next = null;
      return this.replace();
    });
    this.work = this.next;
    return this.next;
  }

  /** Fails the frames that wait, then waits for models that are being loaded, and closes those, too. */
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
      if (this.isClosing) return false;
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

  /** Resolves when no replaced models are left. */
  private async makeRoom(): Promise<void> {
    const { retiring } = this;
    if (retiring === null) return;
    const { patienceMs = PATIENCE_MS } = this.options;
    if (!(await retiring.isUnusedWithin(patienceMs))) await this.seeOut(retiring, 'further models wait for their room');
    await retiring.whenUnused();
    await retiring.inference.close();
  }

  /** Streams on replaced models that no worker is left for would be told nothing but gaps. */
  private leaveExhausted(): void {
    const { retiring } = this;
    if (!retiring?.inference.isExhausted || retiring.userCount === 0) return;
    void this.seeOut(retiring, 'no inference worker of theirs is left');
  }

  /** Asks the streams of replaced models to reconnect, once, and ends those that have not within the grace. */
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

/** Models that were loaded together, and who uses them. */
class Generation {
  readonly models: readonly ServedModel[];
  /** Its streams have been asked to leave. */
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
    // A token of its own: one user may come in twice.
    const token = { announceDrain: user.announceDrain.bind(user), finish: user.finish.bind(user) };
    this.users.add(token);
    return () => {
      if (!this.users.delete(token) || this.users.size > 0) return;
      for (const tell of this.tellUnused.splice(0)) tell();
    };
  }
}
