/** What a search for the most that holds came to. */
export interface Knee {
  /** The most that held; 0 where nothing did. */
  readonly held: number;
  /** The least that did not; null where everything up to the most allowed did. */
  readonly missed: number | null;
}

export interface KneeSearch {
  readonly first: number;
  readonly most: number;
  /** The search ends when what held and what did not are no further apart than this share of what held. */
  readonly precision: number;
}

/** Finds the greatest size that holds: doubling or halving from the first until it is between two, then by bisection. */
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
