import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** Gives the lines of a file in the folder of a control group, by the file's name; none where it cannot be read. */
export type ReadFile = (name: string) => string[];

/** What is limited, and how a group tells its limit; null where it has none. */
export interface Limited {
  readonly controller: 'cpu' | 'memory';
  /** In the unified hierarchy, version 2 of control groups. */
  readonly unified: (read: ReadFile) => number | null;
  /** In a hierarchy of version 1. */
  readonly legacy: (read: ReadFile) => number | null;
}

/**
 * The least limit of this process's control group and of those around it, as far as they can be seen; null without one.
 * `root` is the folder that holds /proc and /sys.
 */
export const leastLimit = ({ controller, unified, legacy }: Limited, root = ''): number | null => {
  const groups = linesOf(`${root}/proc/self/cgroup`).map((line) => groupFrom(line, controller));
  const limits = linesOf(`${root}/proc/self/mountinfo`).flatMap((line) => {
    const mount = mountFrom(line, controller);
    const path = groups.find(({ isUnified }) => isUnified === mount?.isUnified)?.path;
    if (!mount || path === undefined) return [];
    const limitOf = mount.isUnified ? unified : legacy;
    return foldersUpTo(mount, path).map((folder) => limitOf((name) => linesOf(`${root}${folder}/${name}`)));
  });
  const least = Math.min(...limits.map((limit) => limit ?? Infinity));
  return least === Infinity ? null : least;
};

/** A hierarchy of control groups that can limit something: the unified one, or one of version 1 that is for it. */
interface Mount {
  readonly isUnified: boolean;
  /** The group that is found at `point`: in a container, often the container's own. */
  readonly top: string;
  readonly point: string;
}

/** `36 25 0:31 /top /point rw … - cgroup2 source options`; null for other mounts. */
const mountFrom = (line: string, controller: string): Mount | null => {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , top = '/', point = ''] = before.split(' ');
  const [kind, , options = ''] = after.split(' ');
  const isUnified = kind === 'cgroup2';
  const isLegacy = kind === 'cgroup' && options.split(',').includes(controller);
  return isUnified || isLegacy ? { isUnified, top, point } : null;
};

/** `0::/path` of the unified hierarchy, `3:cpu,cpuacct:/path` of another; `isUnified` is null where that is for something else. */
const groupFrom = (line: string, controller: string): { isUnified: boolean | null; path: string } => {
  const [id, controllers = '', ...path] = line.split(':');
  const isUnified = id === '0' ? true : controllers.split(',').includes(controller) ? false : null;
  return { isUnified, path: path.join(':') };
};

/** The folder of the group at `path`, and every folder above it up to the mount's; that alone where the group is outside. */
const foldersUpTo = ({ top, point }: Mount, path: string): string[] => {
  const inside = posix.relative(top, path);
  const names = inside === '' || inside.startsWith('..') ? [] : inside.split('/');
  return [point, ...names.map((_, index) => posix.join(point, ...names.slice(0, index + 1)))];
};

/** The lines of a file; none where it cannot be read, as on systems without control groups. */
const linesOf = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
