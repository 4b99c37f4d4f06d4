/** Round steps that divide 0…`most` into four to seven parts: 1, 2 or 5 times a power of ten. */
export const ticksUpTo = (most: number): number[] => {
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [5, 2, 1].map((factor) => factor * power).find((candidate) => candidate <= rough)!;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
};

/** Places on a percentile axis, 0…1: each nine is as far from the next. `most` is the highest percentile shown. */
export const percentilePlace = (percentile: number, most: number): number =>
  Math.log10(100 / (100 - percentile)) / Math.log10(100 / (100 - most));
