import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cpuQuota, usableCores } from '../../server/inference/usable-cores.js';
import { memoryLimit } from '../../server/usable-memory.js';

const UNIFIED = '28 24 0:25 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const CPU = '33 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct';
const MEMORY = '34 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
const GROUPS = '/sys/fs/cgroup';
const LEGACY = `${GROUPS}/cpu,cpuacct`;

const legacy = (folder: string, quota: number, period = 100_000) => ({
  [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
  [`${folder}/cpu.cfs_period_us`]: `${period}\n`,
});

/** Where the kernel puts quotas: the lines of /proc/self/cgroup and of mountinfo, further files, and the quota in cores. */
const MACHINES: Readonly<Record<string, readonly [string, string, Readonly<Record<string, string>>, number | null]>> = {
  'none without control groups': ['', '', {}, null],
  'none in a group without a limit': ['0::/a', UNIFIED, { [`${GROUPS}/a/cpu.max`]: 'max 100000\n' }, null],
  "a container's own": ['0::/', UNIFIED, { [`${GROUPS}/cpu.max`]: '200000 100000\n' }, 2],
  'half cores': ['0::/', UNIFIED, { [`${GROUPS}/cpu.max`]: '150000 100000\n' }, 1.5],
  'the least of nested groups': [
    '0::/pods/pod/box',
    UNIFIED,
    {
      [`${GROUPS}/pods/cpu.max`]: '800000 100000\n',
      [`${GROUPS}/pods/pod/cpu.max`]: '150000 50000\n',
      [`${GROUPS}/pods/pod/box/cpu.max`]: 'max 100000\n',
    },
    3,
  ],
  'version 1': ['3:cpu,cpuacct:/a', `${MEMORY}\n${CPU}`, legacy(`${LEGACY}/a`, 50_000), 0.5],
  'none of version 1 without a limit': ['3:cpu,cpuacct:/', CPU, legacy(LEGACY, -1), null],
  'the least of nested groups of version 1': [
    '3:cpu,cpuacct:/a/b\n2:memory:/other',
    CPU,
    { ...legacy(`${LEGACY}/a`, 200_000), ...legacy(`${LEGACY}/a/b`, -1), ...legacy(`${LEGACY}/other`, 100_000) },
    2,
  ],
  "a container's own, which the machine knows by a longer path": [
    '3:cpu,cpuacct:/docker/box',
    CPU.replace(' / ', ' /docker/box '),
    legacy(LEGACY, 400_000),
    4,
  ],
  'version 1 beside an empty hierarchy of version 2': [
    '1:cpu:/a\n0::/',
    `33 30 0:28 / ${GROUPS}/cpu rw - cgroup cgroup rw,cpu\n38 31 0:38 / ${GROUPS}/unified rw - cgroup2 cgroup2 rw`,
    legacy(`${GROUPS}/cpu/a`, 100_000),
    1,
  ],
  'the whole tree that it sees, where its own group lies outside': [
    '0::/../../box',
    UNIFIED,
    { [`${GROUPS}/cpu.max`]: '200000 100000\n' },
    2,
  ],
};

/** What `ask` says of a machine with these lines in /proc/self/cgroup and mountinfo, and these files. */
const onMachine = <T>(
  groups: string,
  mounts: string,
  files: Readonly<Record<string, string>>,
  ask: (root: string) => T,
): T => {
  const root = mkdtempSync(join(tmpdir(), 'earshot-groups-'));
  const all = { '/proc/self/cgroup': `${groups}\n`, '/proc/self/mountinfo': `${mounts}\n`, ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(root + file), { recursive: true });
    writeFileSync(root + file, text);
  }
  const said = ask(root);
  rmSync(root, { recursive: true });
  return said;
};

describe('The CPU quota', () => {
  for (const [name, [groups, mounts, files, quota]] of Object.entries(MACHINES))
    it(`is read: ${name}`, () => assert.equal(onMachine(groups, mounts, files, cpuQuota), quota));
});

describe('The memory limit', () => {
  it('is the least of nested groups', () => {
    const files = {
      [`${GROUPS}/a.slice/memory.max`]: '1073741824\n',
      [`${GROUPS}/a.slice/b.service/memory.max`]: 'max\n',
    };
    assert.equal(onMachine('0::/a.slice/b.service', UNIFIED, files, memoryLimit), 2 ** 30);
    assert.equal(onMachine('0::/', UNIFIED, files, memoryLimit), null);
  });

  it('is the least of nested groups of version 1', () => {
    const [outer, inner] = ['/sys/fs/cgroup/memory/a', '/sys/fs/cgroup/memory/a/b'];
    const files = {
      [`${outer}/memory.limit_in_bytes`]: '1073741824\n',
      [`${inner}/memory.limit_in_bytes`]: '9223372036854771712\n',
    };
    assert.equal(onMachine('2:memory:/a/b\n3:cpu,cpuacct:/c', `${CPU}\n${MEMORY}`, files, memoryLimit), 2 ** 30);
  });
});

describe('Usable cores', () => {
  const CASES = [
    ['are those of the machine without a quota', [null, 64, 64], { count: 64, quota: null }],
    ['are what a quota pays for', [2, 64, 64], { count: 2, quota: 2 }],
    ['are rounded up', [2.5, 64, 64], { count: 3, quota: 2.5 }],
    ['are at least one', [0.1, 64, 64], { count: 1, quota: 0.1 }],
    ['are those of the machine where the quota is larger', [4, 2, 2], { count: 2, quota: null }],
    ['are those that the process may run on where these are fewer', [4, 2, 64], { count: 2, quota: null }],
    ['are told with the quota where Node knows it too', [2, 2, 64], { count: 2, quota: 2 }],
  ] as const;
  for (const [name, [quota, mayRunOn, ofMachine], expected] of CASES)
    it(name, () => assert.deepEqual(usableCores(quota, mayRunOn, ofMachine), expected));
});
