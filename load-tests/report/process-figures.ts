import { each, quantile, since } from '../../server/page/operations/histogram.js';
import { spreadOf } from '../bench/statistics.js';
import type { Span } from '../generator/plan.js';
import { edgesOf, type GeneratorSample } from '../server/sampler.js';
import type { ServerSample } from '../server/server-metrics.js';

/** One sample of a process: how many cores it kept busy since the previous sample, and its resident memory. */
export interface ProcessMoment {
  readonly atMs: number;
  readonly cores: number;
  readonly residentMiB: number;
}

/** The server's figures, over the measured time unless a field says otherwise. */
export interface ServerFigures {
  /** How many cores it kept busy. */
  readonly cores: number;
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
  /** At the end of the measured time. */
  readonly residentMiB: number;
  /** The most in the whole run. */
  readonly mostResidentMiB: number;
  /** The p99 of each second: the median of them, and the worst. */
  readonly loopDelayP99Ms: { readonly median: number; readonly worst: number };
  readonly framesPerBatch: number;
  /** Micro-batches by size: each entry counts those with more frames than the entry before allows, and at most `upTo`. */
  readonly batches: readonly { readonly upTo: number; readonly count: number }[];
  readonly moments: readonly (ProcessMoment & { readonly framesPerBatch: number; readonly queueFrames: number })[];
}

export interface GeneratorFigures {
  readonly cores: number;
  /** Percent of one core that a virtual caller uses. */
  readonly corePercentPerStream: number;
  readonly residentMiB: number;
  readonly moments: readonly ProcessMoment[];
}

const MIB = 2 ** 20;

interface Sampled {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** What the server's `/metrics` reported; null if there are too few samples. */
export const serverFigures = (samples: readonly ServerSample[], measured: Span): ServerFigures | null => {
  const edges = edgesOf(samples, measured);
  if (edges === null) return null;
  const { first, last } = edges;
  const within = samples.filter(({ at }) => at >= first.at && at <= last.at);
  const delays = spreadOf(pairsOf(within).flatMap(([before, after]) => loopDelayP99Ms(before, after) ?? []));
  const frames = last.classified - first.classified;
  return {
    cores: coresBetween(first, last),
    framesPerSecond: frames / ((last.at - first.at) / 1000),
    cpuMsPerFrame: ((last.cpuSeconds - first.cpuSeconds) * 1000) / frames,
    residentMiB: last.residentBytes / MIB,
    mostResidentMiB: Math.max(...samples.map(({ residentBytes }) => residentBytes)) / MIB,
    loopDelayP99Ms: { median: delays.median, worst: delays.most },
    framesPerBatch: framesPerBatch(first, last),
    batches: batchesBetween(first, last),
    moments: pairsOf(samples).map(([before, after]) => ({
      ...momentBetween(before, after),
      framesPerBatch: framesPerBatch(before, after),
      queueFrames: after.queueFrames,
    })),
  };
};

export const generatorFigures = (
  samples: readonly GeneratorSample[],
  measured: Span,
  streams: number,
): GeneratorFigures => {
  const edges = edgesOf(samples, measured);
  const cores = edges ? coresBetween(edges.first, edges.last) : NaN;
  return {
    cores,
    corePercentPerStream: (cores * 100) / streams,
    residentMiB: (samples.at(-1)?.residentBytes ?? 0) / MIB,
    moments: pairsOf(samples).map(([before, after]) => momentBetween(before, after)),
  };
};

const pairsOf = <T>(samples: readonly T[]): [T, T][] =>
  samples.slice(1).map((after, index) => [samples[index]!, after]);

const coresBetween = (first: Sampled, last: Sampled): number =>
  (last.cpuSeconds - first.cpuSeconds) / ((last.at - first.at) / 1000);

const momentBetween = (before: Sampled, after: Sampled): ProcessMoment => ({
  atMs: after.at,
  cores: coresBetween(before, after),
  residentMiB: after.residentBytes / MIB,
});

const framesPerBatch = (first: ServerSample, last: ServerSample): number =>
  last.batches > first.batches ? (last.batchFrames - first.batchFrames) / (last.batches - first.batches) : NaN;

const loopDelayP99Ms = (first: ServerSample, last: ServerSample): number | null => {
  const seconds = quantile(since(last.loopDelays, first.loopDelays), 0.99);
  return seconds === null ? null : seconds * 1000;
};

const batchesBetween = (first: ServerSample, last: ServerSample): ServerFigures['batches'] =>
  each(since(last.batchSizes, first.batchSizes)).map(({ le, count }) => ({ upTo: le, count }));
