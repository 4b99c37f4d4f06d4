import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess } from '../../../load-tests/bench/server-process.js';
import { isLinux, needs } from '../../support/needs.js';

const node = (code: string): readonly string[] => [process.execPath, '-e', code];

/** Whether a process runs: one that has ended may stay in the table, in state Z, until somebody asks how it ended. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('A server under test', () => {
  before(function () {
    needs(this, isLinux, 'Linux');
  });

  it('is ended together with the processes that it started', async () => {
    const below = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid`;
    const server = await startServerProcess(
      node(`console.log('http://127.0.0.1:' + ${below}); setInterval(() => {}, 1000)`),
    );
    const grandchild = Number(new URL(server.url).port);
    assert.ok(isAlive(grandchild));
    await server.stop();
    while (isAlive(grandchild)) await sleep(5);
    assert.equal(isAlive(server.pid), false);
  });

  it('has started when it has printed its whole announcement, and leaves no listener behind', async () => {
    const listeners = process.listenerCount('exit');
    const server = await startServerProcess(
      node(`console.log('page http://[::1]:1/'); setTimeout(() => console.log('gRPC [::1]:2'), 20)`),
      { announcing: /page (\S+)\/\n[^]*gRPC (\S+)\n/ },
    );
    assert.deepEqual([server.url, server.announcement[2]], ['http://[::1]:1', '[::1]:2']);
    await server.stop();
    assert.equal(process.listenerCount('exit'), listeners);
  });

  it('that ends before it has printed its address is an error with its last output', async () => {
    await assert.rejects(
      startServerProcess(node(`console.error('no such model'); process.exit(3)`)),
      /ended with 3\nno such model/,
    );
  });

  it('that cannot be started is an error', () =>
    assert.rejects(startServerProcess(['/no/such/program']), /\/no\/such\/program cannot be started/));
});
