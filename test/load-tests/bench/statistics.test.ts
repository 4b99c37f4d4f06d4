import assert from 'node:assert/strict';
import { audioFor, requireClassified, summaryOf, type Round } from '../../../load-tests/bench/full-speed.js';
import { quantile, spreadOf } from '../../../load-tests/bench/statistics.js';

describe('The statistics of a benchmark', () => {
  for (const { values, q, expected } of [
    { values: [3, 1, 2], q: 0.5, expected: 2 },
    { values: [4, 1, 3, 2], q: 0.5, expected: 2.5 },
    { values: [10, 20, 30, 40, 50], q: 0.99, expected: 49.6 },
    { values: [7], q: 0.99, expected: 7 },
  ])
    it(`say that the ${q} quantile of ${values.join(', ')} is ${expected}`, () =>
      assert.ok(Math.abs(quantile(values, q) - expected) < 1e-9));

  it('have no quantile of no values', () => assert.ok(Number.isNaN(quantile([], 0.5))));

  it('leave the values in their order', () => {
    const values = [3, 1, 2];
    assert.deepEqual(spreadOf(values), { median: 2, least: 1, most: 3 });
    assert.deepEqual(values, [3, 1, 2]);
  });

  it('take the median of the ratios of each round, not the ratio of the medians', () => {
    const round = (bareCpuMsPerFrame: number, cpuMsPerFrame: number): Round => ({
      framesPerSecond: 100,
      gapMs: 500,
      cpuMsPerFrame,
      bareCpuMsPerFrame,
      ratio: cpuMsPerFrame / bareCpuMsPerFrame,
    });
    // While something else ran, in the second round, both took three times as long.
    const { ratio, cpuMsPerFrame, gapMs } = summaryOf('any', [round(2, 3), round(6, 9), round(2, 8)]);
    assert.deepEqual(ratio, { median: 1.5, least: 1.5, most: 4 });
    assert.equal(cpuMsPerFrame.median, 8);
    assert.equal(gapMs, 1500);
  });

  for (const { frames, streams, expected } of [
    { frames: 1600, streams: 32, expected: 1000 + 49 * 500 },
    { frames: 10, streams: 32, expected: 1000 + 29 * 500 },
  ])
    it(`take, for ${frames} frames over ${streams} streams, ${expected} ms of audio each`, () =>
      assert.equal(audioFor(frames, streams), expected));

  describe('about frames that were not classified', () => {
    const played = (frames: number, classified: number, gapMs = 0) => {
      const intent = { endMs: 0, scores: [], latencyMs: 1 };
      return [{ frames, gapMs, intents: Array.from({ length: classified }, () => intent) }];
    };
    it('refuse audio with pauses', () =>
      assert.throws(
        () => requireClassified(played(119, 98)),
        /98 of 119 frames were classified: the audio has pauses/,
      ));
    it('allow one such frame, before anybody speaks', () => requireClassified(played(30, 29)));
    it('do not take frames that were shed for pauses', () => requireClassified(played(119, 60, 500)));
  });
});
