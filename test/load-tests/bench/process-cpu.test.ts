import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainThreadCpuMs, treeCpuMs } from '../../../load-tests/bench/process-cpu.js';
import { isLinux, needs } from '../../support/needs.js';

/** Burns CPU on the main thread, in a worker thread and in a child; sends what the process and its child burned, as each counts it. */
const BURNER = `
const { fork } = require('node:child_process');
const { Worker, isMainThread } = require('node:worker_threads');
const burn = (ms) => { const from = process.cpuUsage(); while (process.cpuUsage(from).user < ms * 1000); };
const ms = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
if (!isMainThread) burn(300);
else if (process.argv[2] === 'child') { burn(400); process.send(ms()); }
else {
  burn(200);
  new Worker(__filename).on('exit', () => {
    const child = fork(__filename, ['child']);
    child.once('message', (below) => process.send({ own: ms(), below }));
  });
}
process.on('message', () => process.exit());
`;

interface Burned {
  readonly own: number;
  readonly below: number;
}

describe('CPU time read from /proc', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-cpu-'));
  let child: ChildProcess;
  let burned: Burned;

  before(async function () {
    needs(this, isLinux, 'Linux');
    writeFileSync(join(folder, 'burner.cjs'), BURNER);
    child = fork(join(folder, 'burner.cjs'));
    [burned] = (await once(child, 'message')) as [Burned];
  });

  after(async () => {
    if (!isLinux) return;
    const ended = once(child, 'exit');
    child.send('end');
    await ended;
    rmSync(folder, { recursive: true });
  });

  it('is that of the process, its threads and its children, as they count it themselves', () => {
    const all = burned.own + burned.below;
    const read = treeCpuMs(child.pid!);
    assert.ok(Math.abs(read - all) < 60 + all * 0.1, `${read} ms are read, ${all} ms were burned`);
  });

  it('of the main thread leaves out the other threads and processes', () => {
    const read = mainThreadCpuMs(child.pid!);
    assert.ok(read > 190, `only ${read} ms of 200 are read`);
    assert.ok(read < burned.own - 250, `${read} ms of ${burned.own} are read, of which a worker burned 300`);
  });

  it('cannot be read for a process that does not exist, which the error names', () => {
    assert.throws(() => treeCpuMs(2 ** 22 + 1), /there is no process 4194305/);
  });
});
