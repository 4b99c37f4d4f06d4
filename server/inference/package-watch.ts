import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageNamesIn } from './model-package.js';

const LOOK_EVERY_MS = 1_000;
/** Folders within folders of a package; a link that leads back into itself ends somewhere. */
const DEEPEST = 3;

/**
 * Looks at the packages of a folder every second, and calls `changed` as a {@link packageLook} does. Polls, which also sees through links and on network
 * volumes. Resolves with what ends it.
 */
export const watchPackages = async (folder: string, changed: () => void): Promise<() => void> => {
  const look = await packageLook(folder, changed);
  let isLooking = false;
  const lookAgain = async () => {
    if (isLooking) return;
    isLooking = true;
    await look();
    isLooking = false;
  };
  const timer = setInterval(() => void lookAgain(), LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
};

/**
 * Resolves with a look at the packages of `folder`, one at a time, which calls `changed` when a package came, went, or has other files than before, and
 * then stayed the same from one look to the next: a package that is being copied is left alone.
 */
export const packageLook = async (folder: string, changed: () => void): Promise<() => Promise<void>> => {
  let told = await stampsOf(folder);
  let before = told;
  return async () => {
    const now = await stampsOf(folder);
    const isSettled = now === before;
    before = now;
    if (now === told || !isSettled) return;
    told = now;
    changed();
  };
};

/** A line a file of each package: other files, other lines. Never rejects: what is away has no line. */
const stampsOf = async (folder: string): Promise<string> => {
  const lines: string[] = [];
  for (const name of await packageNamesIn(folder).catch(() => [])) {
    const root = join(folder, name);
    await stampInto(lines, root, await namesIn(root), DEEPEST);
  }
  return lines.join('\n');
};

/** A line a file, those in folders within included, but not in hidden ones: files that count have links beside those. */
const stampInto = async (lines: string[], folder: string, names: readonly string[], deeper: number): Promise<void> => {
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) lines.push(`${path}:${found ? `${found.ino}:${found.size}:${found.mtimeMs}` : 'away'}`);
    else if (deeper > 0 && !name.startsWith('.')) await stampInto(lines, path, await namesIn(path), deeper - 1);
  }
};

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(() => [])).sort();
