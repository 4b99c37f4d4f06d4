import { statSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Log } from '../domain/log.js';
import { poll } from '../domain/poll.js';
import { reasonOf } from '../domain/reason.js';

/** How often files are checked: polling also works through links, and on volumes whose kernel reports no changes. */
const LOOK_EVERY_MS = 500;

/** Something that is read from files, and read again when they change. */
export interface Followed<T> {
  /** Its name in the log, such as `the key file`. */
  readonly what: string;
  readonly paths: readonly string[];
  /** Reads the files; throws an Error where they are not valid. */
  readonly read: () => T;
  readonly use: (value: T) => void;
}

/**
 * Reads the files now, throwing what `read` throws, and again whenever one has changed; where that fails, logs it and keeps
 * the previous value. Returns a function that stops it.
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
  return poll(look, LOOK_EVERY_MS);
};

/** The file's status; throws for a folder, which is what a container gets when a file mounted into it does not exist. */
const fileAt = (path: string): Stats => {
  const found = statSync(path);
  if (found.isDirectory()) throw new Error(`${path} is a folder: it has to be a file`);
  return found;
};

const stampOf = ({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string =>
  `${ino}:${size}:${mtimeMs}`;
