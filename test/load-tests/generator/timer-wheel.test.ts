import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TimerWheel } from '../../../load-tests/generator/timer-wheel.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('The timer wheel', () => {
  it('fires everything when it is due, even rounds of the wheel ahead', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { maxLength: 60 }), (dues) => {
        const clock = new ManualClock();
        const wheel = new TimerWheel(clock);
        const fired: [number, number][] = [];
        for (const due of dues) wheel.add({ due, fire: (now) => fired.push([due, now]) });
        clock.pass(5_002);
        assert.equal(fired.length, dues.length);
        for (const [due, now] of fired) assert.ok(now >= due && now < due + 1, `due ${due}, fired ${now}`);
      }),
    ));

  it('sets one timer, however much waits', () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    for (let due = 100; due > 0; due--) wheel.add({ due, fire: () => undefined });
    assert.equal(clock.pendingAlarms, 1);
  });

  it('fires what is added while it turns when that is due', () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    const fired: number[] = [];
    const again = (due: number): void =>
      wheel.add({
        due,
        fire: () => {
          fired.push(due);
          if (due < 3_000) again(due + 7.5);
        },
      });
    again(0);
    clock.pass(4_000);
    assert.equal(fired.length, 401);
    assert.equal(clock.pendingAlarms, 0);
  });
});
