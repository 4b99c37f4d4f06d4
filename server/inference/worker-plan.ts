import { join } from 'node:path';
import type { ModelCard, Precision, Provider, Variant } from '../domain/model-card.js';
import type { ModelPackage } from './model-package.js';
import type { WorkerPlan } from './worker-protocol.js';

/**
 * The most frames of one run by default. On a CPU, 8 rows are a third faster per frame than 1, while 32 are slower again,
 * because their features do not fit its caches, and make every frame wait four times as long. A graph of the size of
 * wav2vec2-base on an H100 became faster up to 8 (fp32) and 32 (fp16) rows with WebGPU, up to 64 and 128 with CUDA.
 */
export const DEFAULT_MAX_BATCH: Readonly<Record<Provider, number>> = { cpu: 8, webgpu: 32, cuda: 128 };

/** Which variant of a model is served: for `auto`, the first in the package that is meant for the provider. */
export interface VariantChoice {
  readonly provider: Provider;
  readonly precision: 'auto' | Precision;
}

/** The first variant of a model that is meant for the provider and has the requested precision. Throws if there is none. */
export const requireVariant = (card: ModelCard, choice: VariantChoice): Variant => {
  const [variant] = variantsFor(card, choice);
  if (variant) return variant;
  const { name, variants } = card;
  const { provider, precision } = choice;
  const wanted = precision === 'auto' ? 'variant' : `${precision} variant`;
  throw new Error(`the model ${name} has no ${wanted} for ${provider}: earshot.json has ${listed(variants)}`);
};

/** The precisions of a model that a choice allows, first the one that `auto` takes. */
export const precisionsOf = (card: ModelCard, choice: VariantChoice): Precision[] => [
  ...new Set(variantsFor(card, choice).map(({ precision }) => precision)),
];

const variantsFor = ({ variants }: ModelCard, { provider, precision }: VariantChoice): Variant[] =>
  variants.filter(
    (each) => each.providers.includes(provider) && (precision === 'auto' || each.precision === precision),
  );

/** Variants as a text: `fp32 (cpu, webgpu, cuda); int8 (cpu)`. */
export const listed = (variants: readonly Variant[]): string =>
  variants.map(({ precision, providers }) => `${precision} (${providers.join(', ')})`).join('; ');

/** What a worker needs to serve `packages` with up to `maxBatch` frames per run. Throws if one of them has no such variant. */
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

/** The batch sizes between 1 and the largest: the first, and the factor from each to the next. */
interface Sizes {
  readonly first: number;
  readonly factor: number;
}

/**
 * A CPU runs any size, and is warmed up with the smallest and the largest. On CUDA each size has a session of its own, so
 * there are few: on an H100, 8 frames took hardly longer than 1.
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
