import assert from 'node:assert/strict';
import { join } from 'node:path';
import { InferenceWorker } from '../../server/inference/inference-worker.js';
import type { Batch } from '../../server/inference/inference-backend.js';
import { MicroBatcher } from '../../server/inference/micro-batcher.js';
import { loadModelPackage } from '../../server/inference/model-package.js';
import { workerPlan } from '../../server/inference/worker-plan.js';
import { WorkerPool, type WorkerPoolOptions } from '../../server/inference/worker-pool.js';
import type { PooledWorker } from '../../server/inference/worker-slot.js';
import { systemClock } from '../../server/domain/clock.js';
import { silentLog } from '../../server/domain/log.js';
import { ManualClock } from '../support/manual-clock.js';
import { AT_ONCE, settled } from '../support/outcomes.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { babble } from '../support/tones.js';

const quietWorker = (onClose: () => void = () => undefined): PooledWorker => ({
  run: () => Promise.reject(new Error('not run here')),
  close: () => {
    onClose();
    return Promise.resolve();
  },
});

const poolOf = (change: Partial<WorkerPoolOptions>): Promise<WorkerPool> =>
  WorkerPool.start({
    count: 3,
    clock: new ManualClock(),
    log: silentLog,
    observer: { workerRestarted: () => undefined },
    onExhausted: () => undefined,
    attach: () => () => undefined,
    start: () => Promise.resolve(quietWorker()),
    ...change,
  });

describe('A pool of workers', () => {
  it('starts as many workers as it is told to', async () => {
    const pool = await poolOf({});
    assert.deepEqual(pool.health(), { workers: 3, healthy: 3 });
  });

  it('does not start when one worker does not, and closes those that did', async () => {
    let starts = 0;
    let closes = 0;
    const start = () =>
      ++starts === 2 ? Promise.reject(new Error('bad graph')) : Promise.resolve(quietWorker(() => ++closes));
    await assert.rejects(poolOf({ start }), /bad graph/);
    assert.equal(closes, 2);
  });

  it('is exhausted only when a restart fails and no other worker is left', async () => {
    const clock = new ManualClock();
    const deaths: ((reason: string) => void)[] = [];
    const exhausted: string[] = [];
    let isBroken = false;
    await poolOf({
      count: 2,
      clock,
      onExhausted: (reason) => exhausted.push(reason),
      start: ({ onEnd }) => {
        deaths.push(onEnd);
        return isBroken ? Promise.reject(new Error('no memory')) : Promise.resolve(quietWorker());
      },
    });
    isBroken = true;
    const told: number[] = [];
    for (const die of [...deaths]) {
      die('SIGKILL');
      clock.pass(100);
      await settled();
      told.push(exhausted.length);
    }
    assert.deepEqual([told[0], exhausted[0]], [0, 'no memory']);
    assert.ok(told[1]! > 0);
  });

  for (const isolation of ['thread', 'process'] as const)
    it(`answers every frame although a worker ${isolation} dies with a run under way`, async () => {
      const plan = workerPlan(
        [await loadModelPackage(join(ECHO_MODELS, 'echo'))],
        { provider: 'cpu', precision: 'auto' },
        4,
      );
      const batcher = new MicroBatcher({
        models: [{ name: 'echo', stateSize: 0 }],
        maxBatch: 4,
        paddedSizes: [],
        queueLimit: 100,
        now: () => performance.now(),
      });
      const restarts: string[] = [];
      let runs = 0;
      const pool = await poolOf({
        count: 1,
        clock: systemClock,
        observer: { workerRestarted: (reason) => restarts.push(reason) },
        start: async (fate) => {
          const worker = await InferenceWorker.start({ plan, isolation, ...fate });
          // A message of a kind that the worker does not know: it ends by an uncaught error, whatever was to be run.
          const fatal = (batch: Batch): Batch => Object.assign({ ...batch }, { kind: 'nonsense' });
          return { run: (batch) => worker.run(++runs === 2 ? fatal(batch) : batch), close: () => worker.close() };
        },
        attach: (worker) => batcher.attach(worker),
      });
      const outcomes = await Promise.all(
        Array.from({ length: 9 }, (_, seed) => batcher.classify('echo', babble(1, seed), null, AT_ONCE)),
      );
      assert.ok(outcomes.every(({ kind }) => kind === 'classified'));
      assert.equal(restarts.length, 1);
      await batcher.close();
      await pool.close();
    });
});
