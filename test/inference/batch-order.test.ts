import assert from 'node:assert/strict';
import { batcherWith } from '../support/scripted-backend.js';

describe('The order of the micro-batcher', () => {
  it('gives a busy backend its next batch as soon as that is full, and no third one', () => {
    const { backend, classify } = batcherWith({ maxBatch: 2 });
    void classify(1);
    void classify(2);
    assert.equal(backend.batches.length, 1);
    [3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids),
      [[1], [2, 3]],
    );
  });

  it('gives waiting frames to an idle backend before a busy one', () => {
    const { backends, classify } = batcherWith({ maxBatch: 1, lanes: 2 });
    [1, 2, 3, 4, 5].forEach((id) => void classify(id));
    assert.deepEqual(
      backends.map(({ batches }) => batches.map(({ ids }) => ids)),
      [
        [[1], [3]],
        [[2], [4]],
      ],
    );
  });

  it('runs first the frames that are due first', async () => {
    const { backend, classify } = batcherWith();
    void classify(1);
    [9, 3, 5].forEach((id) => void classify(id));
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [3, 5, 9]);
  });

  it('gives every tenant an equal part of a batch, however much one of them asks for', async () => {
    const { backend, classify } = batcherWith({ maxBatch: 8 });
    void classify(0);
    for (let id = 1; id <= 5; id++) void classify(id, 'a', { tenant: 'greedy' });
    for (const id of [20, 21]) void classify(id, 'a', { tenant: 'modest' });
    void classify(30, 'a', { tenant: 'third' });
    await backend.finish();
    assert.deepEqual(backend.batches[1]?.ids, [1, 20, 30, 2, 21, 3, 4, 5]);
  });

  it('pads no more than a quarter of a batch', async () => {
    const { backend, classify } = batcherWith({ maxBatch: 32, paddedSizes: [1, 2, 4, 8, 16, 32] });
    for (let id = 0; id <= 17; id++) void classify(id);
    await backend.finish();
    await backend.finish();
    await backend.finish();
    assert.deepEqual(
      backend.batches.map(({ ids }) => ids.length),
      [1, 16, 1],
    );
  });
});
