import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findKnee } from '../../../load-tests/scenarios/knee.js';

const MOST = 5_000;

describe('The search for the knee', () => {
  it('finds the greatest size that holds', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: MOST }), fc.integer({ min: 1, max: MOST }), async (knee, first) => {
        const tried: number[] = [];
        const holds = (size: number) => {
          tried.push(size);
          return Promise.resolve(size <= knee);
        };
        assert.deepEqual(await findKnee(holds, { first, most: MOST, precision: 0 }), {
          held: knee,
          missed: knee === MOST ? null : knee + 1,
        });
        assert.equal(new Set(tried).size, tried.length);
      }),
    ));

  it('stops when it is as near as it was asked to be', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 100, max: MOST - 1 }), async (knee) => {
        const found = await findKnee((size) => Promise.resolve(size <= knee), {
          first: 50,
          most: MOST,
          precision: 0.05,
        });
        assert.ok(found.held <= knee && knee < found.missed!);
        assert.ok(found.missed! - found.held <= found.held * 0.05);
      }),
    ));
});
