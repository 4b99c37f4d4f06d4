import { join } from 'node:path';
import type { ModelCard, Precision, Provider, Variant } from '../domain/model-card.js';
import type { ModelPackage } from './model-package.js';
import type { WorkerPlan } from './worker-protocol.js';

/**
 * The most frames of one run where nothing else is asked for. On a CPU, 8 rows are a third faster than 1, while 32 are
 * slower again, for their features leave its caches, and keep every frame waiting four times as long. A graph of the size
 * of wav2vec2-base on an H100 gained up to 8 (fp32) and 32 (fp16) rows by WebGPU, up to 64 and 128 by CUDA.
 */
export const DEFAULT_MAX_BATCH: Readonly<Record<Provider, number>> = { cpu: 8, webgpu: 32, cuda: 128 };

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

/** The precisions that a choice leaves open, the one that `auto` takes first. */
export const precisionsOf = ({ variants }: ModelCard, { provider, precision }: VariantChoice): Precision[] => {
  const possible = variants.filter(({ providers }) => providers.includes(provider));
  return [...new Set(possible.map((variant) => variant.precision))].filter(
    (each) => precision === 'auto' || each === precision,
  );
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
  batchSizes: sizesUpTo(maxBatch, SIZES[choice.provider]),
  padsBatches: choice.provider !== 'cpu',
  sessionPerSize: choice.provider === 'cuda',
});

/** The sizes between one frame and the largest batch: the first of them, and how often the next is as large. */
interface Sizes {
  readonly first: number;
  readonly factor: number;
}

/**
 * A CPU runs any size, and warms the least and the largest. On CUDA each size has a session of its own, so they are few: on
 * an H100 8 frames took hardly longer than 1.
 */
const SIZES: Readonly<Record<Provider, Sizes>> = {
  cpu: { first: Infinity, factor: 1 },
  webgpu: { first: 2, factor: 2 },
  cuda: { first: 8, factor: 4 },
};

const sizesUpTo = (most: number, { first, factor }: Sizes): number[] => {
  const sizes = new Set([1]);
  for (let size = first; size < most; size *= factor) sizes.add(size);
  return [...sizes.add(most)];
};
