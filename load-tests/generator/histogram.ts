import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** The longest duration that is recorded: ten minutes, in microseconds. */
const LONGEST_US = 600e6;

/** Node's own HdrHistogram of durations, in microseconds, to `figures` significant figures. Threads may share it. */
export const durations = (figures: 2 | 3 = 3): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: LONGEST_US, figures });

/** Records a duration in milliseconds. */
export const recordMs = (histogram: RecordableHistogram, ms: number): void =>
  histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));

/** A percentile (0–100) in milliseconds; NaN, which is within no limit, if nothing was recorded. */
export const percentileMs = (histogram: RecordableHistogram, percentile: number): number =>
  histogram.count === 0 ? NaN : histogram.percentile(percentile) / 1000;

/** The longest duration in milliseconds; NaN if nothing was recorded. */
export const maxMs = (histogram: RecordableHistogram): number => (histogram.count === 0 ? NaN : histogram.max / 1000);
