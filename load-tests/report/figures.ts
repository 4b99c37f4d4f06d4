import type { RecordableHistogram } from 'node:perf_hooks';
import { durations, maxMs, percentileMs, recordMs } from '../generator/histogram.js';
import { lagOf, type Moment, type Split } from '../generator/observations.js';
import type { Performance } from '../generator/stage.js';
import { framesOf } from '../scenarios/finding.js';
import { generatorFigures, serverFigures, type GeneratorFigures, type ServerFigures } from './process-figures.js';

/** Percentiles of one duration, in milliseconds; NaN (in JSON, null) if there was none. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What was measured in one window of the run. */
export interface WindowFigures {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How many frames were measured, and how many of them had an intent: only their latency can be split into parts. */
  readonly frames: number;
  readonly framesSplit: number;
  readonly latency: Quantiles;
  readonly queue: Quantiles;
  readonly infer: Quantiles;
  readonly send: Quantiles;
  readonly outside: Quantiles;
  /** The whole curve: [percentile, milliseconds]. */
  readonly curve: readonly (readonly [number, number])[];
}

/** One short interval of the run; NaN (in JSON, null) for what was not measured in it. */
export interface MomentFigures {
  readonly atMs: number;
  readonly frames: number;
  readonly p50: number;
  readonly p99: number;
  readonly gaps: number;
  readonly open: number;
  readonly lagP99: number;
}

/** Everything that was measured in one run, in the form in which it is written to the report. */
export interface Figures {
  readonly windows: readonly WindowFigures[];
  readonly frames: { readonly sent: number; readonly answered: number; readonly gapped: number; readonly lost: number };
  /** Virtual callers, by group. */
  readonly groups: Readonly<Record<string, number>>;
  /** What their callers speak, which a scenario may choose. */
  readonly transports: readonly string[];
  readonly encodings: readonly string[];
  readonly calls: number;
  /** Why calls failed, and how many for each reason. */
  readonly problems: Readonly<Record<string, number>>;
  readonly ready: Quantiles;
  readonly server: ServerFigures | null;
  readonly generator: GeneratorFigures & { readonly lag: Quantiles; readonly loopDelayP99Ms: number };
  readonly moments: readonly MomentFigures[];
}

export const figuresOf = (performance: Performance): Figures => {
  const { observations } = performance;
  const { plan, calls } = observations;
  const ready = durations();
  for (const { readyMs } of calls) if (readyMs !== null) recordMs(ready, readyMs);
  const whole = { from: plan.windows[0]!.from, to: plan.windows.at(-1)!.to };
  return {
    windows: plan.windows.map((window) => windowFigures(window, observations.splits.get(window.name)!)),
    frames: framesOf(observations),
    groups: countsOf(plan.callers.map(({ group }) => group)),
    transports: [...new Set(plan.callers.map(({ transport }) => transport))],
    encodings: [...new Set(plan.callers.map(({ encoding }) => encoding))],
    calls: calls.length,
    problems: countsOf(calls.flatMap(({ problem }) => problem ?? [])),
    ready: quantilesOf(ready),
    server: serverFigures(performance.server, whole),
    generator: {
      ...generatorFigures(performance.generator, whole, plan.callers.length),
      lag: quantilesOf(observations.lag),
      loopDelayP99Ms: lagOf(observations).loopDelayP99Ms,
    },
    moments: observations.moments.map((moment, index) => momentFigures(moment, index * observations.momentMs)),
  };
};

const quantilesOf = (histogram: RecordableHistogram): Quantiles => ({
  p50: percentileMs(histogram, 50),
  p90: percentileMs(histogram, 90),
  p99: percentileMs(histogram, 99),
  p999: percentileMs(histogram, 99.9),
  max: maxMs(histogram),
});

const CURVE = [0.01, 1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999];

const windowFigures = (
  { name, from, to }: { name: string; from: number; to: number },
  { latency, queue, infer, send, outside }: Split,
): WindowFigures => ({
  name,
  fromMs: from,
  toMs: to,
  frames: latency.count,
  framesSplit: queue.count,
  latency: quantilesOf(latency),
  queue: quantilesOf(queue),
  infer: quantilesOf(infer),
  send: quantilesOf(send),
  outside: quantilesOf(outside),
  // With `count` frames, no percentile above 1 − 1/count is known.
  curve: CURVE.filter((percentile) => percentile <= 100 * (1 - 1 / latency.count)).map((percentile) => [
    percentile,
    percentileMs(latency, percentile),
  ]),
});

const momentFigures = ({ latency, gaps, open, lagP99 }: Moment, atMs: number): MomentFigures => ({
  atMs,
  frames: latency.count,
  p50: percentileMs(latency, 50),
  p99: percentileMs(latency, 99),
  gaps,
  open,
  lagP99,
});

const countsOf = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};
