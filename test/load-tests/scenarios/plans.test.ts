import assert from 'node:assert/strict';
import { disturbers, speakers, timetableOf } from '../../../load-tests/scenarios/plans.js';
import { SETTINGS } from '../settings.js';

const settings = { ...SETTINGS, streams: 100, ramp: 10 };

describe('A load plan', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(speakers(100, settings, 60_000), speakers(100, settings, 60_000));
    assert.notDeepEqual(speakers(100, settings, 60_000), speakers(100, { ...settings, seed: 2 }, 60_000));
  });

  it('begins one caller after the other over the ramp, each at a phase of its own', () => {
    const callers = speakers(100, settings, 60_000);
    callers.forEach(({ span }, index) => assert.ok(span.from >= index * 100 && span.from <= (index + 1) * 100));
    const phases = callers.map(({ phase }) => phase).sort((a, b) => a - b);
    assert.equal(new Set(phases).size, 100);
    assert.ok(phases[0]! < 0.1 && phases.at(-1)! > 0.9 && phases[50]! > 0.35 && phases[50]! < 0.65);
  });

  it('measures only after all callers have begun, and ends them afterwards', () => {
    const { measured, end } = timetableOf({ ...settings, duration: 20 });
    const { span } = speakers(100, settings, end).at(-1)!;
    assert.ok(span.from + 1_500 < measured.from);
    assert.equal(measured.to - measured.from, 20_000);
    assert.ok(span.to > measured.to);
  });

  it('lets disturbers dial at the same moment', () => {
    const callers = disturbers('burst', settings, { speech: 'silent', span: { from: 7, to: 9 } });
    assert.equal(callers.length, 100);
    assert.ok(callers.every(({ span, group }) => span.from === 7 && group === 'burst'));
  });
});
