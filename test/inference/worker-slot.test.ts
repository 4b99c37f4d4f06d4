import assert from 'node:assert/strict';
import { silentLog } from '../../server/domain/log.js';
import type { InferenceBackend } from '../../server/inference/inference-backend.js';
import { WorkerSlot, type PooledWorker } from '../../server/inference/worker-slot.js';
import { ManualClock } from '../support/manual-clock.js';
import { settled } from '../support/outcomes.js';

const noWorkerYet: (reason: string) => void = () => assert.fail('no worker has started');

/** A slot whose workers start, fail to start and die as the test says. */
const arrange = () => {
  const clock = new ManualClock();
  const inUse = new Set<InferenceBackend>();
  const told: string[] = [];
  const closed: PooledWorker[] = [];
  const script = { failure: null as string | null, diesAtOnce: false, die: noWorkerYet, hang: noWorkerYet };
  const slot = new WorkerSlot({
    clock,
    log: silentLog,
    observer: { workerRestarted: (reason) => told.push(`died: ${reason}`) },
    onVacant: (reason) => told.push(`vacant: ${reason}`),
    start: ({ onEnd, onHang }) => {
      if (script.failure !== null) return Promise.reject(new Error(script.failure));
      const worker: PooledWorker = {
        run: () => Promise.reject(new Error('not run here')),
        close: () => {
          closed.push(worker);
          return Promise.resolve();
        },
      };
      script.die = onEnd;
      script.hang = onHang;
      if (script.diesAtOnce) onEnd('SIGSEGV');
      return Promise.resolve(worker);
    },
    attach: (worker) => {
      inUse.add(worker);
      return () => inUse.delete(worker);
    },
  });
  return { slot, clock, inUse, told, closed, script };
};

describe('The slot of a worker', () => {
  it('puts a worker to use once it is ready', async () => {
    const { slot, inUse } = arrange();
    await slot.open();
    assert.deepEqual([slot.isHealthy, inUse.size], [true, 1]);
  });

  it('says why its first worker does not start, and does not try again', async () => {
    const { slot, script, clock } = arrange();
    script.failure = 'bad graph';
    await assert.rejects(slot.open(), /bad graph/);
    assert.equal(clock.pendingAlarms, 0);
  });

  it('never uses a worker that died in the moment in which it was ready, and starts another', async () => {
    const { slot, inUse, script, clock } = arrange();
    script.diesAtOnce = true;
    await assert.rejects(slot.open(), /SIGSEGV/);
    assert.deepEqual([inUse.size, clock.pendingAlarms], [0, 0]);
    script.diesAtOnce = false;
    await slot.open();
    script.die('SIGSEGV');
    script.diesAtOnce = true;
    clock.pass(60_000);
    await settled();
    assert.deepEqual([slot.isHealthy, inUse.size, clock.pendingAlarms], [false, 0, 1]);
    script.diesAtOnce = false;
    clock.pass(60_000);
    await settled();
    assert.deepEqual([slot.isHealthy, inUse.size, clock.pendingAlarms], [true, 1, 0]);
  });

  it('takes a dead worker out of use at once, and reports it', async () => {
    const { slot, inUse, script, told } = arrange();
    await slot.open();
    script.die('SIGSEGV');
    assert.deepEqual([slot.isHealthy, inUse.size, told], [false, 0, ['died: SIGSEGV']]);
  });

  it('puts another worker in the place of a dead one after the wait', async () => {
    const { slot, clock, inUse, script } = arrange();
    await slot.open();
    script.die('SIGSEGV');
    clock.pass(100);
    await settled();
    assert.deepEqual([slot.isHealthy, inUse.size], [true, 1]);
  });

  it('keeps trying, ever more slowly, while none starts', async () => {
    const { slot, clock, script, told } = arrange();
    await slot.open();
    script.failure = 'out of memory';
    script.die('SIGKILL');
    for (const wait of [100, 200, 400]) {
      clock.pass(wait);
      await settled();
    }
    assert.deepEqual(told, ['died: SIGKILL', ...Array.from({ length: 3 }, () => 'vacant: out of memory')]);
    assert.equal(clock.pendingAlarms, 1);
  });

  it('closes its worker', async () => {
    const { slot, closed } = arrange();
    await slot.open();
    await slot.close();
    assert.equal(closed.length, 1);
  });

  it('does not replace a worker that ends because the slot closes', async () => {
    const { slot, clock, script, told } = arrange();
    await slot.open();
    const closing = slot.close();
    script.die('closed');
    await closing;
    assert.deepEqual([clock.pendingAlarms, told], [0, []]);
  });

  it('closes while it waits to restart, and starts nothing more', async () => {
    const { slot, clock, script } = arrange();
    await slot.open();
    script.die('SIGSEGV');
    await slot.close();
    assert.deepEqual([clock.pendingAlarms, slot.isHealthy], [0, false]);
  });

  it('closes a worker that was still starting', async () => {
    const { slot, clock, script, closed } = arrange();
    await slot.open();
    script.die('SIGSEGV');
    clock.pass(100);
    await slot.close();
    assert.equal(closed.length, 1);
  });

  it('takes a worker that hangs out of use, and starts another only when that has ended', async () => {
    const { slot, clock, inUse, script, told } = arrange();
    await slot.open();
    script.hang('a run took longer than 10 ms');
    clock.pass(60_000);
    await settled();
    assert.deepEqual([slot.isHealthy, inUse.size, told], [false, 0, ['vacant: a run took longer than 10 ms']]);
    script.die('its thread ended with code 0');
    clock.pass(100);
    await settled();
    assert.deepEqual([slot.isHealthy, inUse.size], [true, 1]);
  });

  it('closes without waiting for a worker that hangs', async () => {
    const { slot, script } = arrange();
    await slot.open();
    script.hang('a run took longer than 10 ms');
    await slot.close();
  });
});
