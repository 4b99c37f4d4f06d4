import { EarshotError } from './earshot-error.js';

/**
 * The known property names of T. The value is null, or the names of the property's own parts. The record is total, so that the
 * compiler reports a missing name.
 */
export type Names<T> = Readonly<Record<keyof T, Readonly<Record<string, null>> | null>>;

/** Throws EarshotError `bad_request` when `given`, or a part of it, has an unknown name; the message suggests the intended name. */
export function refuseUnknown<T>(given: T & object, names: Names<T>, what: string): void {
  const known = pathsOf(names, names);
  const unknown = pathsOf(given, names).find((path) => !known.includes(path));
  if (unknown === undefined) return;
  const meant = known.find(isMeantBy(unknown));
  const right = meant === undefined ? `there are ${known.join(', ')}` : `give ${meant}`;
  throw new EarshotError('bad_request', `${unknown} is no ${what}; ${right}`);
}

/** The path `name` of every property that is not undefined, and `name.part` of each of its parts. */
const pathsOf = (fields: object, names: object): string[] =>
  definedIn(fields).flatMap(([name, value]) => {
    const hasParts = Object.hasOwn(names, name) && (names as Record<string, unknown>)[name] !== null;
    return [name, ...(hasParts ? definedIn(value ?? {}).map(([part]) => `${name}.${part}`) : [])];
  });

const definedIn = (fields: object): [string, unknown][] =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

/** Tests whether a known path was probably meant: its last word is the same, in another spelling or with one typing error. */
const isMeantBy = (unknown: string): ((known: string) => boolean) => {
  const word = wordOf(unknown);
  return (known) => isSlip(wordOf(known), word);
};

/** Normalises a path for comparison: `hopMs` and `audio.hop_ms` become the same word. */
const wordOf = (path: string): string =>
  path
    .slice(path.indexOf('.') + 1)
    .replaceAll('_', '')
    .toLowerCase();

/** Whether two words differ in at most two adjacent letters. */
function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return Math.max(one.length, other.length) - start - end <= 2;
}
