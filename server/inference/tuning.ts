import { stateSizeOf, type Provider } from '../domain/model-card.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import { InferenceWorker } from './inference-worker.js';
import type { ModelPackage } from './model-package.js';
import { usableCores } from './usable-cores.js';
import { workerPlan, type VariantChoice } from './worker-plan.js';

/** How many workers there are, with how many threads each, and the most frames of one run. */
export interface Layout {
  readonly workers: number;
  readonly threads: number;
  readonly maxBatch: number;
}

export interface LayoutRate extends Layout {
  readonly framesPerSecond: number;
}

/** How long each layout is measured: long enough for a hundred runs of a small model. */
const MEASURED_MS = 1_500;

/** The layouts worth measuring: on a CPU, every even split of all usable cores; on a GPU, one worker and ever larger batches. */
export const layoutsOf = (provider: Provider, cores = usableCores().count): Layout[] => {
  if (provider !== 'cpu') return [1, 8, 32, 64, 128].map((maxBatch) => ({ workers: 1, threads: 1, maxBatch }));
  const splits = Array.from({ length: cores }, (_, index) => index + 1).filter((workers) => cores % workers === 0);
  return splits.flatMap((workers) =>
    [1, 4, 8, 16, 32].map((maxBatch) => ({ workers, threads: cores / workers, maxBatch })),
  );
};

/** How many frames of a model a layout runs per second when every worker always has a full batch. */
export const measureLayout = async (
  model: ModelPackage,
  choice: VariantChoice,
  layout: Layout,
  forMs = MEASURED_MS,
): Promise<LayoutRate> => {
  const { threads, maxBatch } = layout;
  const plan = { ...workerPlan([model], choice, maxBatch), threads, batchSizes: [maxBatch] };
  const workers = await Promise.all(
    Array.from({ length: layout.workers }, () => InferenceWorker.start({ plan, isolation: 'thread' })),
  );
  try {
    const until = performance.now() + forMs;
    const startedAt = performance.now();
    const runs = await Promise.all(workers.map((worker) => runUntil(worker, model, maxBatch, until)));
    const seconds = (performance.now() - startedAt) / 1000;
    const frames = runs.reduce((sum, count) => sum + count * maxBatch, 0);
    return { ...layout, framesPerSecond: frames / seconds };
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
};

/** Keeps a worker busy; resolves with the number of its runs. */
const runUntil = async (
  worker: InferenceWorker,
  { card }: ModelPackage,
  rows: number,
  until: number,
): Promise<number> => {
  let pcm: Float32Array = noise(rows * FRAME_SAMPLES);
  let state: Float32Array = new Float32Array(rows * stateSizeOf(card));
  let runs = 0;
  for (; performance.now() < until; runs++) {
    const result = await worker.run({ model: card.name, rows, pcm, state });
    pcm = result.pcm;
    state = result.state;
  }
  return runs;
};

/** `length` samples of noise at about −26 dBFS, the same in every call. */
export const noise = (length: number): Float32Array => {
  let seed = 1;
  return Float32Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647 - 0.5) * 0.17;
  });
};

/** The fastest layout; of those within three per cent of it, the one with the smallest batches, which make frames wait less. */
export const bestLayout = (rates: readonly LayoutRate[]): LayoutRate => {
  const most = Math.max(...rates.map(({ framesPerSecond }) => framesPerSecond));
  const close = rates.filter(({ framesPerSecond }) => framesPerSecond >= 0.97 * most);
  return close.reduce((best, next) => (next.maxBatch < best.maxBatch ? next : best));
};
