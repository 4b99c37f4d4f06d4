import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../domain/poll.js';
import { packageNamesIn } from './model-package.js';

const LOOK_EVERY_MS = 1_000;
/** Most levels of folders that are looked at inside a package, so that a link into a parent folder ends. */
const DEEPEST = 3;

/**
 * Checks the packages of a folder every second, and calls `changed` as {@link packageLook} does. Polling also notices changes
 * behind links and on network volumes. Resolves with a function that stops the watch.
 */
export const watchPackages = async (folder: string, changed: () => void): Promise<() => void> =>
  poll(await packageLook(folder, changed), LOOK_EVERY_MS);

/**
 * Resolves with a function that checks the packages of `folder`, to be called one call at a time. It calls `changed` when a
 * package was added, removed or has other files than before, but only once two successive checks saw the same, so that a
 * package that is still being copied is ignored.
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

/** One line per file of each package, which changes when the file does. Never rejects: packages that are gone have no lines. */
const stampsOf = async (folder: string): Promise<string> => {
  const lines: string[] = [];
  for (const name of await packageNamesIn(folder).catch(() => [])) {
    const root = join(folder, name);
    await stampInto(lines, root, await namesIn(root), DEEPEST);
  }
  return lines.join('\n');
};

/** Adds one line per file, sub-folders included. Hidden folders are skipped: links beside them lead to their files in use. */
const stampInto = async (lines: string[], folder: string, names: readonly string[], deeper: number): Promise<void> => {
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) lines.push(`${path}:${found ? `${found.ino}:${found.size}:${found.mtimeMs}` : 'away'}`);
    else if (deeper > 0 && !name.startsWith('.')) await stampInto(lines, path, await namesIn(path), deeper - 1);
  }
};

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(() => [])).sort();
