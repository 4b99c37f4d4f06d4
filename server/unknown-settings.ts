import { distance } from 'fastest-levenshtein';

const PREFIX = 'EARSHOT_';
/** Variables that `earshot stream` and `earshot classify` read. */
const OF_OTHER_COMMANDS = ['EARSHOT_KEY'];
/** Most letters inserted, deleted or changed between a mistyped name and the right one: enough for a missing unit (`_MS`). */
const MOST_SLIPS = 3;

/** A sentence about each variable that has the prefix EARSHOT_ but is not among the known `settings`, sorted by name. */
export const unknownSettings = (environment: NodeJS.ProcessEnv, settings: readonly string[]): string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && ![...settings, ...OF_OTHER_COMMANDS].includes(name))
    .sort()
    .map((name) => {
      const meant = nearestTo(name, settings);
      return `${name} is no setting and is ignored${meant === null ? '' : `: the nearest is ${meant}`}`;
    });

/** The setting with the most similar name; null where none is similar enough. */
const nearestTo = (name: string, settings: readonly string[]): string | null => {
  const most = Math.min(MOST_SLIPS, Math.floor((name.length - PREFIX.length) / 2));
  const ranked = settings.map((known) => ({ known, slips: distance(name, known) })).sort((a, b) => a.slips - b.slips);
  return ranked[0]!.slips <= most ? ranked[0]!.known : null;
};
