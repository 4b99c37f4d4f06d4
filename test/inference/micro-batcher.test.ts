import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Outcome } from '../../server/domain/outcome.js';
import { silentObserver } from '../../server/inference/inference-observer.js';
import { MicroBatcher } from '../../server/inference/micro-batcher.js';
import { AT_ONCE, settled } from '../support/outcomes.js';
import { batcherWith, frame, MODELS, ScriptedBackend } from '../support/scripted-backend.js';

describe('The micro-batcher', () => {
  it('runs a frame at the end of the turn while a backend is free', async () => {
    const { backend, classify } = batcherWith();
    void classify(1);
    await settled();
    assert.deepEqual(backend.batches, [{ model: 'a', ids: [1] }]);
  });

  it('runs in one batch, in order, the frames that came while the backend was busy', async () => {
    const { backend, classify } = batcherWith();
    void classify(1);
    await settled();
    [2, 3, 4].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1], [2, 3, 4]],
    );
  });

  it('puts no more frames into a batch than its maximum', async () => {
    const { backend, classify } = batcherWith({ maxBatch: 2 });
    [1, 2, 3].forEach((id) => void classify(id));
    await backend.finish();
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1, 2], [3]],
    );
  });

  it('sheds exactly what comes beyond its queue, and nothing while a backend is free', async () => {
    const { backend, classify, told } = batcherWith({ queueLimit: 2 });
    void classify(1, 'b');
    [2, 3, 4].forEach((id) => void classify(id));
    await settled();
    assert.deepEqual([...told], [[4, 'shed']]);
    await backend.finish();
    await backend.finish();
    assert.deepEqual([...told.keys()].sort(), [1, 2, 3, 4]);
  });

  it('runs the frames of a failed run once more, each alone, so that a poisonous one fails by itself', async () => {
    const { backend, classify, told } = batcherWith();
    void classify(0);
    await settled();
    [1, 2, 3].forEach((id) => void classify(id));
    await backend.finish();
    await backend.finish(new Error('poisoned'));
    await backend.finish();
    await backend.finish(new Error('poisoned'));
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[0], [1, 2, 3], [1], [2], [3]],
    );
    assert.deepEqual([...told.values()], ['0', '1', 'failed', '3']);
  });

  it('queues nothing behind the second run of a frame, however many frames wait', async () => {
    const { backend, classify, told } = batcherWith({ maxBatch: 2 });
    for (let id = 0; id < 9; id++) {
      void classify(id);
      if (id === 0) await settled();
    }
    await backend.finish();
    // Frames 1 and 2 run, 3 and 4 behind them: both runs fail.
    await backend.finish(new Error('poisoned'));
    await backend.finish(new Error('poisoned'));
    for (let run = 0; run < 4; run++) {
      await settled();
      assert.equal(backend.batches.at(-1)!.ids.length, 1);
      await backend.finish(run === 0 ? new Error('poisoned') : 'well');
    }
    while (backend.isRunning) await backend.finish();
    assert.deepEqual(
      backend.batches.slice(3, 7).map(({ ids }) => ids),
      [[1], [2], [3], [4]],
    );
    assert.deepEqual(
      [...told].filter(([, what]) => what === 'failed').map(([id]) => id),
      [1],
    );
  });

  it('fails the frames of a failed run when no backend will come', async () => {
    const { batcher, backend, classify, told, detach } = batcherWith();
    void classify(1);
    await settled();
    detach[0]!();
    batcher.giveUp('none is left');
    await backend.finish(new Error('it hangs'));
    assert.deepEqual([told.get(1), batcher.queueDepth], ['failed', 0]);
    await batcher.close();
  });

  it('runs the frames of a lane that died on another lane', async () => {
    const { backends, classify, told, detach } = batcherWith({ lanes: 2 });
    const [first, second] = backends as [ScriptedBackend, ScriptedBackend];
    void classify(1);
    await settled();
    detach[0]!();
    await first.finish(new Error('died'));
    await second.finish();
    assert.deepEqual([first.batches.length, second.batches.length, told.get(1)], [1, 1, '1']);
  });

  it('lets frames wait while no backend is there, and fails them when none will come', async () => {
    const { batcher, classify, told, detach } = batcherWith();
    detach[0]!();
    void classify(1);
    await settled();
    assert.equal(told.size, 0);
    batcher.giveUp('none is left');
    void classify(2);
    await settled();
    assert.deepEqual([...told.values()], ['failed', 'failed']);
  });

  it('fails what is no frame, and an unknown model, without a run', async () => {
    const { batcher, backend } = batcherWith();
    const outcomes = [
      await batcher.classify('a', new Float32Array(3), null, AT_ONCE),
      await batcher.classify('nosuch', frame(1), null, AT_ONCE),
    ];
    assert.deepEqual([outcomes.map(({ kind }) => kind), backend.batches.length], [['failed', 'failed'], 0]);
  });

  it('fails a row whose scores are no numbers, and no other', async () => {
    const { batcher, backend, told, classify } = batcherWith();
    void classify(0);
    void classify(1);
    const poisoned = batcher.classify('a', frame(NaN), null, { tenant: '', liveAt: 0, dueAt: 2 });
    await backend.finish();
    await backend.finish();
    assert.deepEqual([(await poisoned).kind, told.get(1)], ['failed', '1']);
  });

  it('reports how long a frame waited and ran', async () => {
    let time = 10;
    const batcher = new MicroBatcher({ models: MODELS, maxBatch: 4, paddedSizes: [], queueLimit: 9, now: () => time });
    const outcome = batcher.classify('a', frame(1), null, AT_ONCE);
    time = 35;
    const backend = new ScriptedBackend();
    batcher.attach(backend);
    await settled();
    time = 36;
    await backend.finish();
    const { queueMs, inferMs } = (await outcome) as Extract<Outcome, { kind: 'classified' }>;
    assert.deepEqual({ queueMs, inferMs }, { queueMs: 25, inferMs: 1 });
  });

  it('reports how late live frames were, and no lag for frames that were sent faster than they are spoken', async () => {
    let time = 5_000;
    const batcher = new MicroBatcher({ models: MODELS, maxBatch: 4, paddedSizes: [], queueLimit: 9, now: () => time });
    const lags: (number | null)[] = [];
    batcher.observe({ ...silentObserver, frameSettled: ({ lagMs }) => lags.push(lagMs) });
    for (const liveAt of [4_000, 5_000, 5_900, 6_001])
      void batcher.classify('a', frame(1), null, { tenant: '', liveAt, dueAt: liveAt });
    time = 5_101;
    const backend = new ScriptedBackend();
    batcher.attach(backend);
    await backend.finish();
    assert.deepEqual(lags, [1_100, 100, 0, null]);
  });

  it('reports every batch and every frame to its observer', async () => {
    const { batcher, backend, classify } = batcherWith({ queueLimit: 1 });
    const seen: unknown[] = [];
    batcher.observe({
      batchRan: ({ model, rows, capacity }) => seen.push({ model, rows, capacity }),
      frameSettled: ({ model, kind }) => seen.push({ model, kind }),
      workerRestarted: () => undefined,
    });
    [1, 2, 3].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(seen, [
      { model: 'a', kind: 'shed' },
      { model: 'a', rows: 1, capacity: 4 },
      { model: 'a', kind: 'classified' },
    ]);
  });

  for (const [how, outcome] of [
    ['well', '1'],
    [new Error('it hangs'), 'failed'],
  ] as const)
    it(`fails waiting frames when it closes, and is closed when the current run has ended: ${String(how)}`, async () => {
      const { batcher, backend, classify, told } = batcherWith();
      void classify(1);
      await settled();
      void classify(2);
      const settledWhenClosed = batcher.close().then(() => told.size);
      void classify(3);
      await backend.finish(how);
      assert.deepEqual([await settledWhenClosed, ...told.values()], [3, 'failed', 'failed', outcome]);
      assert.equal(backend.batches.length, 1);
    });

  it('answers every frame exactly once, in order per model, within its maximum, and never lets a frame wait beyond a turn, or a full batch at all, while a backend is free', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom('a', 'b'), fc.constantFrom('turn', 'finish', 'fail')), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (acts, maxBatch, lanes) => {
          const { batcher, backends, told, classify } = batcherWith({ maxBatch, lanes });
          const asked: number[] = [];
          for (const act of acts) {
            const mayWait = act === 'a' || act === 'b' ? MODELS.length * (maxBatch - 1) : 0;
            if (act === 'turn') await settled();
            else if (act === 'finish' || act === 'fail') {
              await settled();
              const busy = backends.find(({ isRunning }) => isRunning);
              await busy?.finish(act === 'fail' ? new Error('failed') : 'well');
            } else {
              asked.push(asked.length);
              void classify(asked.length - 1, act);
            }
            assert.ok(
              batcher.queueDepth <= mayWait || backends.every(({ isRunning }) => isRunning),
              'frames wait although a backend is free',
            );
          }
          await settled();
          while (backends.some(({ isRunning }) => isRunning)) for (const backend of backends) await backend.finish();
          assert.deepEqual(
            [...told.keys()].sort((a, b) => a - b),
            asked,
          );
          assert.ok([...told].every(([id, said]) => said === String(id) || said === 'failed'));
          const runs = backends.flatMap(({ batches }) => batches.map(({ ids }) => ids));
          assert.ok(runs.every((ids) => ids.length <= maxBatch));
          assert.ok(runs.every((ids) => ids.every((id, index) => index === 0 || ids[index - 1]! < id)));
          assert.equal(batcher.queueDepth, 0);
        },
      ),
      { numRuns: 60 },
    ));
});
