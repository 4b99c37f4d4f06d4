import { distance } from 'fastest-levenshtein';

const PREFIX = 'EARSHOT_';
/** Of `earshot stream` and `classify`. */
const OF_OTHER_COMMANDS = ['EARSHOT_KEY'];
/** Letters put in, left out or changed between a name and the one that is meant: those of a unit that was left out. */
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
  const ranked = settings.map((known) => ({ known, slips: distance(name, known) })).sort((a, b) => a.slips - b.slips);
  return ranked[0]!.slips <= most ? ranked[0]!.known : null;
};
