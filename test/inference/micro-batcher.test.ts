import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Outcome, Turn } from '../../server/domain/outcome.js';
import type { Batch, BatchResult, InferenceBackend } from '../../server/inference/inference-backend.js';
import { MicroBatcher } from '../../server/inference/micro-batcher.js';
import { AT_ONCE, deferred, settled } from '../support/outcomes.js';

const MODELS = [
  { name: 'a', stateSize: 0 },
  { name: 'b', stateSize: 0 },
];

/** A frame that carries its number, so that its outcome tells whose it is. */
const frame = (id: number): Float32Array => new Float32Array(16_000).fill(id, 0, 1);

/** A backend that runs when the test says so; its logits are the numbers of the frames. */
class ScriptedBackend implements InferenceBackend {
  readonly batches: { readonly model: string; readonly ids: number[] }[] = [];
  private readonly finishRuns: ((how: 'well' | Error) => void)[] = [];

  async run(batch: Batch): Promise<BatchResult> {
    assert.ok(this.finishRuns.length < 2, 'a backend was given a third run');
    const ids = Array.from({ length: batch.rows }, (_, row) => batch.pcm[row * 16_000]!);
    this.batches.push({ model: batch.model, ids });
    const { promise, resolve } = deferred<'well' | Error>();
    this.finishRuns.push(resolve);
    const how = await promise;
    if (how !== 'well') throw how;
    return {
      logits: Float32Array.from(ids),
      nextState: null,
      speech: null,
      inferMs: 1,
      pcm: batch.pcm,
      state: batch.state,
    };
  }

  get isRunning(): boolean {
    return this.finishRuns.length > 0;
  }

  async finish(how: 'well' | Error = 'well'): Promise<void> {
    this.finishRuns.shift()?.(how);
    await settled();
  }
}

const arrange = ({ maxBatch = 4, queueLimit = 100, lanes = 1, paddedSizes = [] as number[] } = {}) => {
  const batcher = new MicroBatcher({ models: MODELS, maxBatch, paddedSizes, queueLimit, now: () => ++time });
  let time = 0;
  const backends = Array.from({ length: lanes }, () => new ScriptedBackend());
  const detach = backends.map((backend) => batcher.attach(backend));
  const told = new Map<number, string>();
  const classify = (id: number, model = 'a', turn: Partial<Turn> = {}) =>
    batcher.classify(model, frame(id), null, { tenant: '', dueAt: id, ...turn }).then((outcome) => {
      assert.ok(!told.has(id), `frame ${id} was answered twice`);
      told.set(id, outcome.kind === 'classified' ? String(outcome.logits[0]) : outcome.kind);
    });
  return { batcher, backends, backend: backends[0]!, told, classify, detach };
};

describe('The micro-batcher', () => {
  it('runs a frame at once while a backend is free', () => {
    const { backend, classify } = arrange();
    void classify(1);
    assert.deepEqual(backend.batches, [{ model: 'a', ids: [1] }]);
  });

  it('runs together, in order, what came while the backend was busy', async () => {
    const { backend, classify } = arrange();
    [1, 2, 3, 4].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1], [2, 3, 4]],
    );
  });

  it('takes no more than its maximum', async () => {
    const { backend, classify } = arrange({ maxBatch: 2 });
    [1, 2, 3, 4].forEach((id) => void classify(id));
    await backend.finish();
    await backend.finish();
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1], [2, 3], [4]],
    );
  });

  it('hands a busy backend its next batch as soon as that is full, and no third one', () => {
    const { backend, classify } = arrange({ maxBatch: 2 });
    void classify(1);
    void classify(2);
    assert.equal(backend.batches.length, 1);
    [3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1], [2, 3]],
    );
  });

  it('gives an idle backend what waits before a busy one', () => {
    const { backends, classify } = arrange({ maxBatch: 1, lanes: 2 });
    [1, 2, 3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(
      backends.map(({ batches }) => batches.map(({ ids }) => ids)),
      [
        [[1], [3]],
        [[2], [4]],
      ],
    );
  });

  it('runs first what is due first', async () => {
    const { backend, classify } = arrange();
    void classify(1);
    [9, 3, 5].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [3, 5, 9]);
  });

  it('gives every tenant an equal part of a batch, however much one of them asks for', async () => {
    const { backend, classify } = arrange({ maxBatch: 8 });
    void classify(0);
    for (let id = 1; id <= 5; id++) void classify(id, 'a', { tenant: 'greedy' });
    for (const id of [20, 21]) void classify(id, 'a', { tenant: 'modest' });
    void classify(30, 'a', { tenant: 'third' });
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [1, 20, 30, 2, 21, 3, 4, 5]);
  });

  it('runs no more padding than a quarter of a batch', async () => {
    const { backend, classify } = arrange({ maxBatch: 32, paddedSizes: [1, 2, 4, 8, 16, 32] });
    for (let id = 0; id <= 17; id++) void classify(id);
    await backend.finish();
    await backend.finish();
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids.length),
      [1, 16, 1],
    );
  });

  it('never mixes models, and serves the one whose frame came first', async () => {
    const { backend, classify } = arrange();
    void classify(1);
    void classify(2, 'b');
    void classify(3);
    void classify(4, 'b');
    await backend.finish();
    await backend.finish();
    assert.deepEqual(backend.batches.slice(1), [
      { model: 'b', ids: [2, 4] },
      { model: 'a', ids: [3] },
    ]);
  });

  it('sheds exactly what comes beyond its queue', async () => {
    const { backend, classify, told } = arrange({ queueLimit: 2 });
    [1, 2, 3, 4].forEach((id) => void classify(id));
    await settled();
    assert.deepEqual([...told], [[4, 'shed']]);
    await backend.finish();
    await backend.finish();
    assert.deepEqual([...told.keys()].sort(), [1, 2, 3, 4]);
  });

  it('runs the frames of a failed run once more, each alone, so that a poisonous one fails by itself', async () => {
    const { backend, classify, told } = arrange();
    void classify(0);
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

  it('tries the frames of a lane that died on another', async () => {
    const { backends, classify, told, detach } = arrange({ lanes: 2 });
    const [first, second] = backends as [ScriptedBackend, ScriptedBackend];
    void classify(1);
    detach[0]!();
    await first.finish(new Error('died'));
    await second.finish();
    assert.deepEqual([first.batches.length, second.batches.length, told.get(1)], [1, 1, '1']);
  });

  it('lets frames wait while no backend is there, and fails them when none will come', async () => {
    const { batcher, classify, told, detach } = arrange();
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
    const { batcher, backend } = arrange();
    const outcomes = [
      await batcher.classify('a', new Float32Array(3), null, AT_ONCE),
      await batcher.classify('nosuch', frame(1), null, AT_ONCE),
    ];
    assert.deepEqual([outcomes.map(({ kind }) => kind), backend.batches.length], [['failed', 'failed'], 0]);
  });

  it('fails a row whose scores are no numbers, and no other', async () => {
    const { batcher, backend, told, classify } = arrange();
    void classify(0);
    void classify(1);
    const poisoned = batcher.classify('a', frame(NaN), null, { tenant: '', dueAt: 2 });
    await backend.finish();
    await backend.finish();
    assert.deepEqual([(await poisoned).kind, told.get(1)], ['failed', '1']);
  });

  it('tells how long a frame waited and ran', async () => {
    let time = 10;
    const batcher = new MicroBatcher({ models: MODELS, maxBatch: 4, paddedSizes: [], queueLimit: 9, now: () => time });
    const outcome = batcher.classify('a', frame(1), null, AT_ONCE);
    time = 35;
    const backend = new ScriptedBackend();
    batcher.attach(backend);
    time = 36;
    await backend.finish();
    const { queueMs, inferMs } = (await outcome) as Extract<Outcome, { kind: 'classified' }>;
    assert.deepEqual({ queueMs, inferMs }, { queueMs: 25, inferMs: 1 });
  });

  it('tells its observer of every batch and every frame', async () => {
    const { batcher, backend, classify } = arrange({ queueLimit: 1 });
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

  it('closes when every frame it took has its outcome', async () => {
    const { batcher, backend, classify, told } = arrange();
    void classify(1);
    let isClosed = false;
    const closing = batcher.close().then(() => (isClosed = true));
    void classify(2);
    await settled();
    assert.deepEqual([isClosed, told.get(2)], [false, 'failed']);
    await backend.finish();
    await closing;
    assert.equal(told.get(1), '1');
  });

  it('answers every frame exactly once, in order per model, within its maximum, and never lets a frame wait while a backend is free', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom('a', 'b'), fc.constantFrom('finish', 'fail')), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (acts, maxBatch, lanes) => {
          const { batcher, backends, told, classify } = arrange({ maxBatch, lanes });
          const asked: number[] = [];
          for (const act of acts) {
            if (act === 'finish' || act === 'fail') {
              const busy = backends.find(({ isRunning }) => isRunning);
              await busy?.finish(act === 'fail' ? new Error('failed') : 'well');
            } else {
              asked.push(asked.length);
              void classify(asked.length - 1, act);
            }
            assert.ok(
              batcher.queueDepth === 0 || backends.every(({ isRunning }) => isRunning),
              'a frame waits although a backend is free',
            );
          }
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
