import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Log } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';

/** Files are looked at so often: polling also sees through links, and on volumes whose kernel tells of no change. */
const LOOK_EVERY_MS = 500;

/** Something that is read from files, and read again when they change. */
export interface Followed<T> {
  /** As the log calls it: `the key file`. */
  readonly what: string;
  readonly paths: readonly string[];
  /** Throws an Error where the files are not right. */
  readonly read: () => T;
  readonly use: (value: T) => void;
}

/**
 * Reads now, and throws what reading throws; from then on reads whenever a file has changed, and where that fails says so and leaves what there was.
 * Gives what ends it.
 */
export const follow = <T>({ what, paths, read, use }: Followed<T>, log: Pick<Log, 'info' | 'error'>): (() => void) => {
  let seen = paths.map((path) => stampOf(fileAt(path))).join();
  use(read());
  const readAgain = () => {
    try {
      use(read());
      log.info({ paths }, `${what} was reloaded`);
    } catch (problem) {
      log.error({ paths, reason: reasonOf(problem) }, `${what} was not reloaded: what was read before stays`);
    }
  };
  const look = async () => {
    const stamps = await Promise.all(paths.map((path) => stat(path).then(stampOf, () => 'away')));
    const now = stamps.join();
    if (now === seen) return;
    seen = now;
    readAgain();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
};

/** A file that does not exist, given to a container, is there as a folder. */
const fileAt = (path: string): Stats => {
  const found = statSync(path);
  if (found.isDirectory()) throw new Error(`${path} is a folder: it has to be a file`);
  return found;
};

const stampOf = ({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string =>
  `${ino}:${size}:${mtimeMs}`;
