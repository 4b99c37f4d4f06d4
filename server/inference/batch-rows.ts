/** Above this many rows, a padded row costs a GPU about as much as a real one. */
const CHEAP_ROWS = 8;
/** The largest share of a batch that may be padding. */
const MOST_PADDING = 0.25;

/**
 * How many of `waiting` frames run together. At most `maxBatch` fit, and only batches of `sizes` (ascending; empty for any
 * size) are run, smaller ones being padded. All that fit run, or the next smaller size where too much would be padding.
 */
export const batchRows = (waiting: number, maxBatch: number, sizes: readonly number[]): number => {
  const most = Math.min(waiting, maxBatch);
  const padded = sizes.find((size) => size >= most) ?? most;
  if (padded <= CHEAP_ROWS || padded - most <= MOST_PADDING * padded) return most;
  return sizes.findLast((size) => size <= most) ?? most;
};
