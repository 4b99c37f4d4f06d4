import { join } from 'node:path';
import type { ModelCard, Provider, Variant } from '../domain/model-card.js';
import type { ModelPackage } from './model-package.js';
import type { WorkerPlan } from './worker-protocol.js';

/**
 * The most frames of one run where nothing else is asked for. On a CPU, 8 rows are a third faster than 1, while 32 are
 * slower again, for their features leave its caches, and keep every frame waiting four times as long; a GPU gains on.
 */
export const DEFAULT_MAX_BATCH: Readonly<Record<Provider, number>> = { cpu: 8, webgpu: 128, cuda: 128 };

/** The first variant of a model that is meant for `provider`. Throws if it has none. */
export const requireVariant = ({ name, variants }: ModelCard, provider: Provider): Variant => {
  const variant = variants.find(({ providers }) => providers.includes(provider));
  if (variant) return variant;
  const meant = variants.flatMap(({ providers }) => providers).join(', ');
  throw new Error(`the model ${name} has no variant for ${provider}: earshot.json has variants for ${meant}`);
};

/** What a worker has to do to serve `packages`. Throws if one of them has no variant for the provider. */
export const workerPlan = (packages: readonly ModelPackage[], provider: Provider, maxBatch: number): WorkerPlan => ({
  provider,
  graphs: packages.map(({ card, folder }) => {
    const { inputs, outputs, stateShape, labels } = card;
    const path = join(folder, requireVariant(card, provider).file);
    return { model: card.name, path, inputs, outputs, labels: labels.length, stateShape };
  }),
  batchSizes: provider === 'cpu' ? [...new Set([1, maxBatch])] : bucketsUpTo(maxBatch),
  padsBatches: provider !== 'cpu',
});

/** 1, 2, 4, … and `most` itself. */
const bucketsUpTo = (most: number): number[] => {
  const buckets: number[] = [];
  for (let size = 1; size < most; size *= 2) buckets.push(size);
  return [...buckets, most];
};
