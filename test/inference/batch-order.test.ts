import assert from 'node:assert/strict';
import { settled } from '../support/outcomes.js';
import { batcherWith, type ScriptedBackend } from '../support/scripted-backend.js';

/** The numbers of the frames of each backend's batches. */
const idsOf = (backends: readonly ScriptedBackend[]): number[][][] =>
  backends.map(({ batches }) => batches.map(({ ids }) => ids));

describe('The order of the micro-batcher', () => {
  it('gives an idle backend a full batch at once, and at the end of the turn what came in it together', async () => {
    const { backends, classify } = batcherWith({ maxBatch: 3, lanes: 2 });
    for (let id = 1; id <= 5; id++) void classify(id);
    assert.deepEqual(idsOf(backends), [[[1, 2, 3]], []]);
    await settled();
    assert.deepEqual(idsOf(backends), [[[1, 2, 3]], [[4, 5]]]);
  });

  it('gives a busy backend its next batch as soon as that is full, and no third one', async () => {
    const { backends, classify } = batcherWith({ maxBatch: 2 });
    void classify(1);
    await settled();
    void classify(2);
    await settled();
    assert.deepEqual(idsOf(backends), [[[1]]]);
    [3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(idsOf(backends), [[[1], [2, 3]]]);
  });

  it('gives waiting frames to an idle backend before a busy one', () => {
    const { backends, classify } = batcherWith({ maxBatch: 1, lanes: 2 });
    [1, 2, 3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(idsOf(backends), [
      [[1], [3]],
      [[2], [4]],
    ]);
  });

  it('never mixes models, and serves the one whose frame came first before the other', async () => {
    const { backend, classify } = batcherWith();
    void classify(1);
    await settled();
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

  it('runs first the frames that are due first', async () => {
    const { backend, classify } = batcherWith();
    void classify(1);
    await settled();
    [9, 3, 5].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [3, 5, 9]);
  });

  it('gives every tenant an equal part of a batch, however much one of them asks for', async () => {
    const { backend, classify } = batcherWith({ maxBatch: 8 });
    void classify(0);
    await settled();
    for (let id = 1; id <= 5; id++) void classify(id, 'a', { tenant: 'greedy' });
    for (const id of [20, 21]) void classify(id, 'a', { tenant: 'modest' });
    void classify(30, 'a', { tenant: 'third' });
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [1, 20, 30, 2, 21, 3, 4, 5]);
  });

  it('pads no more than a quarter of a batch', async () => {
    const { backend, classify } = batcherWith({ maxBatch: 32, paddedSizes: [1, 2, 4, 8, 16, 32] });
    for (let id = 0; id <= 16; id++) void classify(id);
    await settled();
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids.length),
      [16, 1],
    );
  });
});
