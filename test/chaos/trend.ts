/** The rise of a least-squares line through values at equal distances, from first to last, as a share of their mean. */
export const riseOf = (values: readonly number[]): number => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [covariance, variance] = [0, 0];
  values.forEach((value, index) => {
    covariance += (index - middle) * (value - mean);
    variance += (index - middle) ** 2;
  });
  return ((covariance / variance) * (values.length - 1)) / mean;
};

/** The minimum of each of `count` stretches of equal length: memory in use between two garbage collections says nothing. */
export const floorsOf = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, index) =>
    Math.min(...values.slice((index * values.length) / count, ((index + 1) * values.length) / count)),
  );

export const medianOf = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1]!;
