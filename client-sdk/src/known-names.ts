import { EarshotError } from './earshot-error.js';

/** The names that something of this type may have; where one has parts, theirs. A total record: the compiler says when one is left out. */
export type Names<T> = Readonly<Record<keyof T, Readonly<Record<string, null>> | null>>;

/** Throws EarshotError `bad_request` where something that is given has a name, or a part with a name, that is not known; says which is meant. */
export function refuseUnknown<T>(given: T & object, names: Names<T>, what: string): void {
  const known = pathsOf(names, names);
  const unknown = pathsOf(given, names).find((path) => !known.includes(path));
  if (unknown === undefined) return;
  const meant = known.find(isMeantBy(unknown));
  const right = meant === undefined ? `there are ${known.join(', ')}` : `give ${meant}`;
  throw new EarshotError('bad_request', `${unknown} is no ${what}; ${right}`);
}

/** `name` of everything that is not undefined, and `name.part` where the name has parts. */
const pathsOf = (fields: object, names: object): string[] =>
  definedIn(fields).flatMap(([name, value]) => {
    const hasParts = Object.hasOwn(names, name) && (names as Record<string, unknown>)[name] !== null;
    return [name, ...(hasParts ? definedIn(value as object).map(([part]) => `${name}.${part}`) : [])];
  });

const definedIn = (fields: object): [string, unknown][] =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

/** Whether a known path ends in the same word, in another spelling or with one slip. */
const isMeantBy = (unknown: string): ((known: string) => boolean) => {
  const word = wordOf(unknown);
  return (known) => isSlip(wordOf(known), word);
};

/** `hopMs` and `audio.hop_ms` are one word. */
const wordOf = (path: string): string =>
  path
    .slice(path.indexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();

/** Whether words are the same but for at most two letters that stand together. */
function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return Math.max(one.length, other.length) - start - end <= 2;
}
