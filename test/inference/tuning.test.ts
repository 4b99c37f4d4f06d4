import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { loadWithStreams, mostHeld } from '../../server/inference/held-streams.js';
import { loadModelPackage } from '../../server/inference/model-package.js';
import { bestLayout, layoutsOf, measureLayout } from '../../server/inference/tuning.js';
import { classified } from '../support/outcomes.js';
import { ECHO_MODELS } from '../support/real-server.js';

describe('Tuning', () => {
  it('measures every way to split the cores of a CPU, and one worker of a GPU', () => {
    const splits = (cores: number) =>
      new Set(layoutsOf('cpu', cores).map(({ workers, threads }) => `${workers}×${threads}`));
    assert.deepEqual([...splits(4)], ['1×4', '2×2', '4×1']);
    assert.deepEqual([...splits(1)], ['1×1']);
    assert.ok(layoutsOf('cuda', 16).every(({ workers, threads }) => workers === 1 && threads === 1));
  });

  it('counts the frames that a layout runs', async () => {
    const model = await loadModelPackage(join(ECHO_MODELS, 'echo'));
    const layout = { workers: 2, threads: 1, maxBatch: 4 };
    const rate = await measureLayout(model, { provider: 'cpu', precision: 'auto' }, layout, 200);
    assert.deepEqual({ ...rate, framesPerSecond: 0 }, { ...layout, framesPerSecond: 0 });
    assert.ok(rate.framesPerSecond > 0);
  });

  it('takes the fastest layout, and of those about as fast the one with the smallest batches', () => {
    const rate = (maxBatch: number, framesPerSecond: number) => ({ workers: 2, threads: 1, maxBatch, framesPerSecond });
    assert.equal(bestLayout([rate(1, 80), rate(8, 98), rate(16, 100), rate(32, 70)]).maxBatch, 8);
    assert.equal(bestLayout([rate(1, 80), rate(8, 95), rate(16, 100)]).maxBatch, 16);
  });
});

describe('Virtual streams', () => {
  it('ask for one frame per hop each, at speaking speed, and report the p99 of the answers', async () => {
    let asked = 0;
    const startedAt = performance.now();
    const result = await loadWithStreams(
      async () => {
        asked += 1;
        await sleep(60);
        return classified([1]);
      },
      { streams: 20, hopMs: 200, forMs: 600 },
    );
    assert.deepEqual([asked, result.lost], [60, 0]);
    assert.ok(performance.now() - startedAt >= 590);
    assert.ok(result.p99Ms >= 59, `${result.p99Ms} ms`);
  });

  it('count what was not classified', async () => {
    const { lost } = await loadWithStreams(() => Promise.resolve({ kind: 'shed' }), {
      streams: 4,
      hopMs: 100,
      forMs: 100,
    });
    assert.equal(lost, 4);
  });

  it('can be served up to a knee, which bisection finds', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (most, part) => {
          const knee = Math.floor(most * part * 0.999);
          const found = await mostHeld(most, (streams) => Promise.resolve(streams <= knee));
          assert.ok(found <= knee && knee - found <= Math.max(1, most / 20), `${found} of ${knee}`);
        },
      ),
    ));
});
