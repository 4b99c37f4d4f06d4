/** Values from 0 to `most` or a little beyond, in at most six equal steps of 1, 2 or 5 times a power of ten. */
export const ticksUpTo = (most: number): number[] => {
  const least = Math.max(most, 1e-9) / 6;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least - 1e-12)!;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
};

/** Position (0–1) of a percentile on an axis on which 90, 99, 99.9 … are equally far apart. `most` is the highest one shown. */
export const percentilePlace = (percentile: number, most: number): number =>
  Math.log10(100 / (100 - percentile)) / Math.log10(100 / (100 - most));
