import assert from 'node:assert/strict';
import fc from 'fast-check';
import { percentilePlace, ticksUpTo } from '../../../load-tests/report/scale.js';

describe('The scale of a chart', () => {
  it('has a few round steps that reach the top', () =>
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e7, noNaN: true }), (most) => {
        const ticks = ticksUpTo(most);
        assert.equal(ticks[0], 0);
        assert.ok(ticks.length >= 3 && ticks.length <= 8, `${ticks.length} ticks for ${most}`);
        assert.ok(ticks.at(-1)! >= most * (1 - 1e-6) && ticks.at(-2)! < most, `${ticks.join(' ')} for ${most}`);
        assert.match(ticks[1]!.toExponential(3), /^[125]\.000e/);
      }),
    ));

  it('gives each further nine of a percentile the same room', () => {
    const [two, three, four] = [99, 99.9, 99.99].map((percentile) => percentilePlace(percentile, 99.99));
    assert.ok(Math.abs(three! - two! - (four! - three!)) < 1e-9);
    assert.equal(four, 1);
    assert.equal(percentilePlace(0, 99.99), 0);
  });
});
