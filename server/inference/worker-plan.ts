import { join } from 'node:path';
import type { ModelCard, Precision, Provider, Variant } from '../domain/model-card.js';
import type { ModelPackage } from './model-package.js';
import type { WorkerPlan } from './worker-protocol.js';

/**
 * The most frames of one run where nothing else is asked for. On a CPU, 8 rows are a third faster than 1, while 32 are
 * slower again, for their features leave its caches, and keep every frame waiting four times as long; a GPU gains on.
 */
export const DEFAULT_MAX_BATCH: Readonly<Record<Provider, number>> = { cpu: 8, webgpu: 128, cuda: 128 };

/** Which variant of a model is served: by `auto` the package's first that is meant for the provider. */
export interface VariantChoice {
  readonly provider: Provider;
  readonly precision: 'auto' | Precision;
}

/** The first variant of a model that is meant for a provider and has the precision asked for. Throws if it has none. */
export const requireVariant = ({ name, variants }: ModelCard, { provider, precision }: VariantChoice): Variant => {
  const variant = variants.find(
    (each) => each.providers.includes(provider) && (precision === 'auto' || each.precision === precision),
  );
  if (variant) return variant;
  const wanted = precision === 'auto' ? 'variant' : `${precision} variant`;
  throw new Error(`the model ${name} has no ${wanted} for ${provider}: earshot.json has ${listed(variants)}`);
};

/** `fp32 (cpu, webgpu, cuda); int8 (cpu)` */
export const listed = (variants: readonly Variant[]): string =>
  variants.map(({ precision, providers }) => `${precision} (${providers.join(', ')})`).join('; ');

/** What a worker has to do to serve `packages`. Throws if one of them has no such variant. */
export const workerPlan = (packages: readonly ModelPackage[], choice: VariantChoice, maxBatch: number): WorkerPlan => ({
  provider: choice.provider,
  threads: 1,
  graphs: packages.map(({ card, folder }) => {
    const { inputs, outputs, stateShape, labels } = card;
    const variant = requireVariant(card, choice);
    const files = [variant, ...(variant.data ? [variant.data] : [])].map(({ file, sha256 }) => ({
      file: join(folder, file),
      sha256,
    }));
    const path = join(folder, variant.file);
    return { model: card.name, path, files, inputs, outputs, labels: labels.length, stateShape };
  }),
  batchSizes: choice.provider === 'cpu' ? [...new Set([1, maxBatch])] : bucketsUpTo(maxBatch),
  padsBatches: choice.provider !== 'cpu',
});

/** 1, 2, 4, … and `most` itself. */
const bucketsUpTo = (most: number): number[] => {
  const buckets: number[] = [];
  for (let size = 1; size < most; size *= 2) buckets.push(size);
  return [...buckets, most];
};
