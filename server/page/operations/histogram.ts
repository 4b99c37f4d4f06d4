import type { Bucket } from './prometheus.js';

/** The observations in `later` that were not yet in `earlier`; both cumulative. */
export const since = (later: readonly Bucket[], earlier: readonly Bucket[]): Bucket[] =>
  later.map(({ le, count }, index) => ({ le, count: count - (earlier[index]?.count ?? 0) }));

/**
 * The value below which this share of the observations lies, as Prometheus' histogram_quantile estimates it: interpolated
 * linearly inside a bucket, and the highest finite bound for larger values. Null without observations.
 */
export function quantile(buckets: readonly Bucket[], share: number): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const { le, count } = buckets[index]!;
  const below = buckets[index - 1] ?? { le: 0, count: 0 };
  if (le === Infinity) return below.le;
  return below.le + ((le - below.le) * (rank - below.count)) / Math.max(1e-9, count - below.count);
}

/** The number of observations in each single bucket, from cumulative ones. */
export const each = (buckets: readonly Bucket[]): Bucket[] =>
  buckets.map(({ le, count }, index) => ({ le, count: count - (buckets[index - 1]?.count ?? 0) }));
