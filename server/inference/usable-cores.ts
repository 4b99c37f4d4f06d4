import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { posix } from 'node:path';

/** The cores that this process can keep busy at a time. */
export interface UsableCores {
  readonly count: number;
  /** How many cores' time a quota allows, if that is less than there are; a container's `cpu: 1500m` is 1.5. */
  readonly quota: number | null;
}

/** Of the machine's cores, those that this process may run on, or as many as its CPU quota pays for, rounded up. */
export const usableCores = (
  quota = cpuQuota(),
  mayRunOn = availableParallelism(),
  ofMachine = cpus().length,
): UsableCores => {
  const isDecisive = quota !== null && Math.ceil(quota) <= mayRunOn && quota < ofMachine;
  return isDecisive ? { count: Math.ceil(quota), quota } : { count: mayRunOn, quota: null };
};

/**
 * The least CPU quota, in cores, of this process's control group and of those around it, as far as they can be seen; null
 * without one. Node 20 knows of none. `root` is the folder that holds /proc and /sys.
 */
export const cpuQuota = (root = ''): number | null => {
  const groups = linesOf(`${root}/proc/self/cgroup`).map(groupFrom);
  const quotas = linesOf(`${root}/proc/self/mountinfo`).flatMap((line) => {
    const mount = mountFrom(line);
    const path = groups.find(({ isUnified }) => isUnified === mount?.isUnified)?.path;
    if (!mount || path === undefined) return [];
    const read = mount.isUnified ? unifiedQuota : legacyQuota;
    return foldersUpTo(mount, path).map((folder) => read(root + folder));
  });
  const least = Math.min(...quotas.map((quota) => quota ?? Infinity));
  return least === Infinity ? null : least;
};

/** A hierarchy of control groups that can limit CPU time: the unified one (version 2), or that of `cpu` (version 1). */
interface Mount {
  readonly isUnified: boolean;
  /** The group that is found at `point`: in a container, often the container's own. */
  readonly top: string;
  readonly point: string;
}

/** `36 25 0:31 /top /point rw … - cgroup2 source options`; null for other mounts. */
const mountFrom = (line: string): Mount | null => {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , top = '/', point = ''] = before.split(' ');
  const [kind, , options = ''] = after.split(' ');
  const isUnified = kind === 'cgroup2';
  const limitsCpu = kind === 'cgroup' && options.split(',').includes('cpu');
  return isUnified || limitsCpu ? { isUnified, top, point } : null;
};

/** `0::/path` of the unified hierarchy, `3:cpu,cpuacct:/path` of another; `isUnified` is null where it does not limit CPU. */
const groupFrom = (line: string): { isUnified: boolean | null; path: string } => {
  const [id, controllers = '', ...path] = line.split(':');
  const isUnified = id === '0' ? true : controllers.split(',').includes('cpu') ? false : null;
  return { isUnified, path: path.join(':') };
};

/** The folder of the group at `path`, and every folder above it up to the mount's; that alone where the group is outside. */
const foldersUpTo = ({ top, point }: Mount, path: string): string[] => {
  const inside = posix.relative(top, path);
  const names = inside === '' || inside.startsWith('..') ? [] : inside.split('/');
  return [point, ...names.map((_, index) => posix.join(point, ...names.slice(0, index + 1)))];
};

const unifiedQuota = (folder: string): number | null => {
  const [quota, period] = (linesOf(`${folder}/cpu.max`)[0] ?? '').split(' ').map(Number);
  return share(quota, period);
};

const legacyQuota = (folder: string): number | null => {
  const [quota] = linesOf(`${folder}/cpu.cfs_quota_us`).map(Number);
  const [period] = linesOf(`${folder}/cpu.cfs_period_us`).map(Number);
  return share(quota, period);
};

/** Null where there is no quota: `max` in version 2, -1 in version 1, no file in the group that holds all others. */
const share = (quota = NaN, period = NaN): number | null => (quota > 0 && period > 0 ? quota / period : null);

/** The lines of a file; none where it cannot be read, as on systems without control groups. */
const linesOf = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
