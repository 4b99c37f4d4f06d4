/** The result of a search for the greatest size that holds. */
export interface Knee {
  /** The greatest size that held; 0 if none did. */
  readonly held: number;
  /** The smallest size that did not hold; null if all sizes up to the greatest allowed one held. */
  readonly missed: number | null;
}

export interface KneeSearch {
  readonly first: number;
  readonly most: number;
  /** The search ends when `held` and `missed` are no further apart than this share of `held`. */
  readonly precision: number;
}

/** Finds the greatest size that holds: doubles or halves from the first size until the result lies between two, then bisects. */
export const findKnee = async (
  holds: (size: number) => Promise<boolean>,
  { first, most, precision }: KneeSearch,
): Promise<Knee> => {
  let [held, missed]: [number, number | null] = [0, null];
  let size = Math.min(first, most);
  while (size > held && (missed === null || size < missed)) {
    if (await holds(size)) held = size;
    else missed = size;
    if (missed !== null && missed - held <= Math.max(1, held * precision)) break;
    size = nextSize(held, missed, most);
  }
  return { held, missed };
};

const nextSize = (held: number, missed: number | null, most: number): number => {
  if (missed === null) return Math.min(most, held * 2);
  return Math.floor((held + missed) / 2);
};
