/** Longest text of a problem, in characters: it may quote a whole file. */
const MOST_CHARACTERS = 2_000;

/** A model package that cannot be served; the message names the file, the key and the value, and what would be right. */
export class PackageError extends Error {
  override readonly name = 'PackageError';

  /** `where` is the package's folder or a file in it. */
  constructor(where: string, problem: string) {
    super(`${where}: ${problem.length > MOST_CHARACTERS ? `${problem.slice(0, MOST_CHARACTERS)}…` : problem}`);
  }
}
