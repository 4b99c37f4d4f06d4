const PREFIX = 'EARSHOT_';
/** Of `earshot stream` and `classify`. */
const OF_OTHER_COMMANDS = ['EARSHOT_KEY'];
/** Letters in which a name may differ from the one that is meant: those of a unit that was left out. */
const MOST_SLIPS = 3;

/** A sentence about each variable that looks like a setting and is none: those have these names. */
export const unknownSettings = (environment: NodeJS.ProcessEnv, settings: readonly string[]): string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && ![...settings, ...OF_OTHER_COMMANDS].includes(name))
    .sort()
    .map((name) => {
      const meant = nearestTo(name, settings);
      return `${name} is no setting and is ignored${meant === null ? '' : `: the nearest is ${meant}`}`;
    });

/** The setting of the most similar name; null where none is similar. */
const nearestTo = (name: string, settings: readonly string[]): string | null => {
  const most = Math.min(MOST_SLIPS, Math.floor((name.length - PREFIX.length) / 2));
  const ranked = settings
    .map((known) => ({ known, slips: slipsBetween(name, known) }))
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]!.slips <= most ? ranked[0]!.known : null;
};

/** The fewest letters that have to be put in, left out or changed to make one word of the other (Levenshtein). */
const slipsBetween = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(one).entries()) {
    const line = [row + 1];
    for (const [column, over] of above.slice(0, -1).entries())
      line.push(Math.min(over + Number(letter !== other[column]), above[column + 1]! + 1, line[column]! + 1));
    above = line;
  }
  return above.at(-1)!;
};
