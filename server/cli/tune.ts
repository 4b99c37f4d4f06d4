import { table } from './table.js';
import type { Config } from '../config.js';
import { reasonOf } from '../domain/reason.js';
import { Failure } from './failure.js';
import { silentLog } from '../domain/log.js';
import type { Precision, Provider } from '../domain/model-card.js';
import type { Classify } from '../domain/outcome.js';
import { loadWithStreams, mostHeld } from '../inference/held-streams.js';
import { startInference } from '../inference/inference.js';
import { loadModelPackages, type ModelPackage } from '../inference/model-package.js';
import { chooseProvider } from '../inference/provider-choice.js';
import { probeProvider } from '../inference/provider-probe.js';
import { precisionsOf, requireVariant } from '../inference/worker-plan.js';
import { bestLayout, layoutsOf, measureLayout, type LayoutRate } from '../inference/tuning.js';

/** A number of streams counts as held while no more than one frame in a hundred takes longer than this. */
const P99_LIMIT_MS = 250;
/** How long one number of streams is tried. */
const TRIAL_MS = 4_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/**
 * Measures for each model the best layout of workers, threads and batches, and how many streams this machine holds with it:
 * for the requested precision, or for `auto` in each precision that the model has for the provider.
 */
export const tune = async (config: Config): Promise<void> => {
  try {
    for (const model of await loadModelPackages(config.models)) await tuneFor(model, config);
  } catch (problem) {
    throw new Failure(reasonOf(problem));
  }
};

const tuneFor = async (model: ModelPackage, { provider: requested, precision }: Config): Promise<void> => {
  const { card } = model;
  const provider = await chooseProvider({
    requested,
    workers: null,
    probe: (candidate) => probeProvider([model], { provider: candidate, precision }),
    log: silentLog,
  });
  requireVariant(card, { provider, precision });
  let slowest: number | null = null;
  for (const each of precisionsOf(card, { provider, precision })) {
    const choice = { provider, precision: each };
    say(`\n${card.name} on ${provider}, ${each}:`);
    const rates: LayoutRate[] = [];
    for (const layout of layoutsOf(provider)) rates.push(await measureLayout(model, choice, layout));
    slowest ??= rates[0]!.framesPerSecond;
    sayRates(rates, slowest);
    await sayHeld(model, choice, bestLayout(rates));
  }
};

/** Prints a table of rates; `slowest` is the frames per second of the first layout and precision, to which gains relate. */
const sayRates = (rates: readonly LayoutRate[], slowest: number): void => {
  const best = bestLayout(rates);
  const rowOf = (rate: LayoutRate): string[] => [
    String(rate.workers),
    String(rate.threads),
    String(rate.maxBatch),
    rate.framesPerSecond.toFixed(0),
    `${(rate.framesPerSecond / slowest).toFixed(1)} ×`,
    rate === best ? '← best' : '',
  ];
  say(table([['workers', 'threads', 'batch', 'frames/s', 'gain', ''], ...rates.map(rowOf)]));
};

const sayHeld = async (
  model: ModelPackage,
  choice: { provider: Provider; precision: Precision },
  best: LayoutRate,
): Promise<void> => {
  const { workers, threads, maxBatch } = best;
  const inference = await startInference({
    packages: [model],
    ...choice,
    workers,
    threads,
    maxBatch,
    log: silentLog,
  });
  const { name, hop } = model.card;
  try {
    const { streams, p99Ms } = await holding(model, inference.classifierFor(name), best);
    say(
      `this box holds ${streams} streams at a hop of ${hop.default} ms, p99 ${p99Ms.toFixed(0)} ms, by inference alone: ` +
        `--workers ${workers} --threads ${threads} --max-batch ${maxBatch} --precision ${choice.precision}. ` +
        'Sockets and decoding take their part: npm run load -- --scenario ramp measures everything together.',
    );
  } finally {
    await inference.close();
  }
};

/** The most streams that keep the limit, and their p99 in milliseconds. */
const holding = async (
  { card }: ModelPackage,
  classify: Classify,
  { framesPerSecond }: LayoutRate,
): Promise<{ streams: number; p99Ms: number }> => {
  const hopMs = card.hop.default;
  let held = { streams: 0, p99Ms: 0 };
  await mostHeld(Math.ceil((1.1 * framesPerSecond * hopMs) / 1000), async (streams) => {
    const trial = await loadWithStreams(classify, { streams, hopMs, forMs: TRIAL_MS });
    const isHeld = trial.lost === 0 && trial.p99Ms <= P99_LIMIT_MS;
    if (isHeld) held = trial;
    return isHeld;
  });
  return held;
};
