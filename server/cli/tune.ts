import { table } from './table.js';
import type { Config } from '../config.js';
import { silentLog } from '../domain/log.js';
import type { Classify } from '../domain/outcome.js';
import { loadWithStreams, mostHeld } from '../inference/held-streams.js';
import { startInference } from '../inference/inference.js';
import { loadModelPackages, type ModelPackage } from '../inference/model-package.js';
import { chooseProvider } from '../inference/provider-choice.js';
import { probeProvider } from '../inference/provider-probe.js';
import { bestLayout, layoutsOf, measureLayout, type LayoutRate } from '../inference/tuning.js';

/** In milliseconds: streams are held while no more than one frame in a hundred takes longer. */
const P99_LIMIT_MS = 250;
/** In milliseconds, of one trial of so many streams. */
const TRIAL_MS = 4_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Measures how workers, threads and batches are laid out best for each model, and how many streams this machine holds so. */
export const tune = async (config: Config): Promise<void> => {
  for (const model of await loadModelPackages(config.models)) await tuneFor(model, config);
};

const tuneFor = async (model: ModelPackage, { provider: requested, precision }: Config): Promise<void> => {
  const { name, hop } = model.card;
  const provider = await chooseProvider({
    requested,
    workers: null,
    probe: (candidate) => probeProvider([model], { provider: candidate, precision }),
    log: silentLog,
  });
  say(`\n${name} on ${provider}:`);
  const rates: LayoutRate[] = [];
  for (const layout of layoutsOf(provider)) rates.push(await measureLayout(model, { provider, precision }, layout));
  const best = bestLayout(rates);
  const rowOf = (rate: LayoutRate): string[] => [
    String(rate.workers),
    String(rate.threads),
    String(rate.maxBatch),
    rate.framesPerSecond.toFixed(0),
    `${(rate.framesPerSecond / rates[0]!.framesPerSecond).toFixed(1)} ×`,
    rate === best ? '← best' : '',
  ];
  say(table([['workers', 'threads', 'batch', 'frames/s', 'gain', ''], ...rates.map(rowOf)]));
  const { workers, threads, maxBatch } = best;
  const inference = await startInference({
    packages: [model],
    provider,
    precision,
    workers,
    threads,
    maxBatch,
    log: silentLog,
  });
  try {
    const { streams, p99Ms } = await holding(model, inference.classifierFor(name), best);
    say(
      `this box holds ${streams} streams at a hop of ${hop.default} ms, p99 ${p99Ms.toFixed(0)} ms, by inference alone: ` +
        `--workers ${workers} --threads ${threads} --max-batch ${maxBatch}. ` +
        'Sockets and decoding take their part: npm run load -- --scenario ramp measures everything together.',
    );
  } finally {
    await inference.close();
  }
};

/** The most streams that keep the limit, and their p99. */
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
