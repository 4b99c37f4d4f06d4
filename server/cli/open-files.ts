import { existsSync, readFileSync } from 'node:fs';

const LIMITS = '/proc/self/limits';

/** How many files and sockets this process may have open; null where the system does not say so, or sets no limit. */
export const openFilesLimit = (): number | null => {
  if (!existsSync(LIMITS)) return null;
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync(LIMITS, 'utf8'))?.[1]);
  return Number.isNaN(limit) ? null : limit;
};
