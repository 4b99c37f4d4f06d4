import assert from 'node:assert/strict';
import fc from 'fast-check';
import { batchRows } from '../../server/inference/batch-rows.js';

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];

describe('The rows of a batch', () => {
  it('are all waiting frames, up to the maximum, when every size can be run', () => {
    assert.equal(batchRows(5, 8, []), 5);
    assert.equal(batchRows(50, 8, []), 8);
  });

  it('are padded by a quarter at most, except in small batches', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (waiting) => {
        const rows = batchRows(waiting, 128, SIZES);
        const size = SIZES.find((each) => each >= rows)!;
        assert.ok(rows >= 1 && rows <= Math.min(waiting, 128));
        assert.ok(size <= 8 || size - rows <= size / 4, `${rows} rows in ${size}`);
      }),
    ));

  it('leave less than half of the waiting frames for another run', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), (waiting) => {
        assert.ok(batchRows(waiting, 128, SIZES) > waiting / 2);
      }),
    ));
});
