import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LOOK_EVERY_MS = 1_000;

/**
 * Calls `changed` when a package of `folder` came, went, or has other files than before, and then stayed the same from one look to the next: a
 * package that is being copied is left alone. Polls, which also sees through links and on network volumes. Resolves with what ends it.
 */
export const watchPackages = async (
  folder: string,
  changed: () => void,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<() => void> => {
  let told = await stampsOf(folder);
  let before = told;
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const now = await stampsOf(folder);
    isLooking = false;
    const isSettled = now === before;
    before = now;
    if (now === told || !isSettled) return;
    told = now;
    changed();
  };
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return () => clearInterval(timer);
};

/** A line a file of each package: other files, other lines. Never rejects: what is away has no line. */
const stampsOf = async (folder: string): Promise<string> => {
  const lines: string[] = [];
  for (const name of await namesIn(folder)) {
    const root = join(folder, name);
    const names = await namesIn(root, true);
    if (!names.includes('earshot.json')) continue;
    for (const file of names) lines.push(await stampOf(join(root, file)));
  }
  return lines.join('\n');
};

const namesIn = async (folder: string, recursive = false): Promise<string[]> =>
  (await readdir(folder, { recursive }).catch(() => [])).sort();

const stampOf = (path: string): Promise<string> =>
  stat(path).then(
    ({ ino, size, mtimeMs }) => `${path}:${ino}:${size}:${mtimeMs}`,
    () => `${path}:away`,
  );
