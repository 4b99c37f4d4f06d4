import { systemClock } from '../domain/clock.js';
import type { Log } from '../domain/log.js';
import { stateSizeOf, type ModelCard, type Precision, type Provider, type Variant } from '../domain/model-card.js';
import type { Classify } from '../domain/outcome.js';
import { checkGolden, goldenAllowance } from './golden-check.js';
import { silentObserver, type InferenceObserver } from './inference-observer.js';
import { InferenceWorker } from './inference-worker.js';
import { MicroBatcher } from './micro-batcher.js';
import type { ModelPackage } from './model-package.js';
import { chooseProvider, defaultWorkers } from './provider-choice.js';
import { probeProvider } from './provider-probe.js';
import { usableCores } from './usable-cores.js';
import type { Isolation } from './worker-link.js';
import { DEFAULT_MAX_BATCH, requireVariant, workerPlan, type VariantChoice } from './worker-plan.js';
import type { WorkerPlan } from './worker-protocol.js';
import { WorkerPool, type PoolHealth } from './worker-pool.js';

export interface InferenceOptions {
  readonly packages: readonly ModelPackage[];
  readonly provider: 'auto' | Provider;
  /** The precision that every package must have for the provider; `auto`, the default, takes its first variant. */
  readonly precision?: 'auto' | Precision;
  /** How many workers; null, the default, means one per usable core, or one on a GPU. */
  readonly workers?: number | null;
  /** Threads with which one worker runs a graph; 1 by default, because more workers use the cores better than more threads. */
  readonly threads?: number;
  readonly isolation?: Isolation;
  /** A worker that has not answered a run after this many milliseconds is replaced as soon as it can be ended. */
  readonly runTimeoutMs?: number;
  /** The most frames of one run; null, the default, means what suits the provider. */
  readonly maxBatch?: number | null;
  /** The most frames that may wait for a worker; further ones are shed. */
  readonly queueLimit?: number;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly observer?: InferenceObserver;
  /** Called whenever no worker is left and none could be started in its place. */
  readonly onExhausted?: () => void;
}

/** A model that is loaded and warmed up, with the provider and variant of its graph. */
export interface LoadedModel {
  readonly card: ModelCard;
  readonly provider: Provider;
  readonly variant: Variant;
}

/** Loaded models, which share one queue and one pool of workers. */
export interface Inference {
  readonly models: readonly LoadedModel[];
  /** Frames that wait for a worker. */
  readonly queueDepth: number;
  /** The `classify` function of a model by name; throws where it is not one of `models`. */
  classifierFor(model: string): Classify;
  health(): PoolHealth;
  /** Whether no worker is left and none could be started since. */
  readonly isExhausted: boolean;
  /** Fails new and waiting frames, lets runs finish, ends the workers. The process must not exit before this resolves. */
  close(): Promise<void>;
}

const DEFAULT_QUEUE_LIMIT = 1024;
/** Enough for the largest batch of a slow model on a software GPU, which takes about 13 s. */
const DEFAULT_RUN_TIMEOUT_MS = 30_000;
/** Enough to open every graph from a slow disk and to warm it up. */
const START_TIMEOUT_MS = 300_000;

/**
 * Loads every package on the requested provider and resolves when all are warmed up and score their golden vectors as
 * expected. Rejects with what is wrong and what would be right, after closing everything again.
 */
export const startInference = async (options: InferenceOptions): Promise<Inference> => {
  const { packages, log, observer = silentObserver, precision = 'auto' } = options;
  const startedAt = performance.now();
  const provider = await chooseProvider({
    requested: options.provider,
    workers: options.workers ?? null,
    probe: (candidate) => probeProvider(packages, { provider: candidate, precision }),
    log,
  });
  const count = options.workers ?? defaultWorkers(provider);
  const maxBatch = options.maxBatch ?? DEFAULT_MAX_BATCH[provider];
  const choice = { provider, precision };
  const models = packages.map(({ card }) => card.name);
  const { quota: cpuQuota } = usableCores();
  log.info({ provider, precision, workers: count, cpuQuota, maxBatch, models }, 'loading models');
  const plan = { ...workerPlan(packages, choice, maxBatch), threads: options.threads ?? 1 };
  const batcher = createBatcher(options, plan, maxBatch);
  const pool = await startPool(options, { plan, count }, batcher);
  const inference = assemble(packages, choice, batcher, pool);
  try {
    await verifyGolden(packages, inference, log);
  } catch (error) {
    await inference.close();
    throw error;
  }
  batcher.observe(observer);
  log.info({ tookMs: Math.round(performance.now() - startedAt) }, 'models are ready');
  return inference;
};

const createBatcher = (
  { packages, queueLimit }: InferenceOptions,
  { padsBatches, batchSizes }: WorkerPlan,
  maxBatch: number,
): MicroBatcher =>
  new MicroBatcher({
    models: packages.map(({ card }) => ({ name: card.name, stateSize: stateSizeOf(card) })),
    maxBatch,
    paddedSizes: padsBatches ? batchSizes : [],
    queueLimit: queueLimit ?? DEFAULT_QUEUE_LIMIT,
    now: () => performance.now(),
  });

const startPool = (
  options: InferenceOptions,
  { plan, count }: { plan: WorkerPlan; count: number },
  batcher: MicroBatcher,
): Promise<WorkerPool> => {
  const { isolation = 'thread', runTimeoutMs = DEFAULT_RUN_TIMEOUT_MS, log, observer = silentObserver } = options;
  return WorkerPool.start({
    count,
    start: (fate) => {
      const signal = AbortSignal.timeout(START_TIMEOUT_MS);
      return InferenceWorker.start({ plan, isolation, runTimeoutMs, signal, ...fate });
    },
    attach: (worker) => batcher.attach(worker),
    onExhausted: (reason) => {
      batcher.giveUp(`no inference worker is left: ${reason}`);
      options.onExhausted?.();
    },
    clock: systemClock,
    log,
    observer,
  });
};

const assemble = (
  packages: readonly ModelPackage[],
  choice: VariantChoice,
  batcher: MicroBatcher,
  pool: WorkerPool,
): Inference => {
  const models = packages.map(({ card }) => ({
    card,
    provider: choice.provider,
    variant: requireVariant(card, choice),
  }));
  let closing: Promise<void> | null = null;
  return {
    models,
    get queueDepth() {
      return batcher.queueDepth;
    },
    classifierFor: (name) => {
      if (models.every(({ card }) => card.name !== name)) throw new Error(`there is no model ${JSON.stringify(name)}`);
      return (samples, state, turn) => batcher.classify(name, samples, state, turn);
    },
    health: () => pool.health(),
    get isExhausted() {
      return batcher.hasGivenUp;
    },
    close: () => (closing ??= batcher.close().then(() => pool.close())),
  };
};

const verifyGolden = async (
  packages: readonly ModelPackage[],
  inference: Inference,
  log: Pick<Log, 'info'>,
): Promise<void> => {
  for (const [index, each] of packages.entries()) {
    const { name } = each.card;
    const { variant, provider } = inference.models[index]!;
    const report = await checkGolden(each, inference.classifierFor(name), goldenAllowance(variant, provider));
    if (!report.ok)
      throw new Error(`the model ${name} does not score its golden vectors as trained: ${report.problem}`);
    log.info({ model: name, goldenFrames: report.frames }, 'golden vectors come out as trained');
  }
};
