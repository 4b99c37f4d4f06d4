import assert from 'node:assert/strict';
import { firstFrameWindow } from '../../../load-tests/scenarios/first.js';

describe('The window of the first frame', () => {
  for (const { hop, chunkMs, firstDue, secondDue } of [
    { hop: 100, chunkMs: 20, firstDue: 980, secondDue: 1_080 },
    { hop: 100, chunkMs: 10, firstDue: 990, secondDue: 1_090 },
    { hop: null, chunkMs: 20, firstDue: 980, secondDue: 1_480 },
    { hop: 500, chunkMs: 30, firstDue: 990, secondDue: 1_470 },
    { hop: 1000, chunkMs: 100, firstDue: 900, secondDue: 1_900 },
  ])
    it(`has that frame and no other at a hop of ${hop ?? 500} ms in chunks of ${chunkMs} ms`, () => {
      const { from, to } = firstFrameWindow({ hop, chunkMs });
      // Dialling may take half a hop before the caller begins to speak.
      assert.ok(from <= firstDue && firstDue + (hop ?? 500) / 2 < to, `${to}`);
      assert.ok(to <= secondDue, `${to}`);
    });
});
