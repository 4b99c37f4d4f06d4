import { availableParallelism, cpus } from 'node:os';
import { leastLimit, type ReadFile } from './control-groups.js';

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

/** How many cores' time the control groups of this process allow it, of which Node 20 knows nothing; null without a limit. */
export const cpuQuota = (root?: string): number | null =>
  leastLimit({ controller: 'cpu', unified: unifiedQuota, legacy: legacyQuota }, root);

const unifiedQuota = (read: ReadFile): number | null => {
  const [quota, period] = (read('cpu.max')[0] ?? '').split(' ').map(Number);
  return share(quota, period);
};

const legacyQuota = (read: ReadFile): number | null => {
  const [quota] = read('cpu.cfs_quota_us').map(Number);
  const [period] = read('cpu.cfs_period_us').map(Number);
  return share(quota, period);
};

/** Null where there is no quota: `max` in version 2, -1 in version 1, no file in the group that holds all others. */
const share = (quota = NaN, period = NaN): number | null => (quota > 0 && period > 0 ? quota / period : null);
