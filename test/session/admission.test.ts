import assert from 'node:assert/strict';
import { Admission } from '../../server/session/admission.js';
import { ManualClock } from '../support/manual-clock.js';

const arrange = () => {
  const clock = new ManualClock();
  const admission = new Admission(clock);
  /** A hundred frames a second for a while, each of which waited so long. */
  const load = (seconds: number, waitMs: number): void => {
    for (let frame = 0; frame < 100 * seconds; frame++) {
      clock.pass(10);
      admission.frameWaited(waitMs);
    }
  };
  return { admission, clock, load };
};

describe('Admission', () => {
  it('admits anybody to a server that has not run a frame yet', () =>
    assert.equal(arrange().admission.refusal(), null));

  it('refuses while more memory is used than may be, says how much, and admits again', () => {
    let used = 3 * 2 ** 30;
    const admission = new Admission(new ManualClock(), { used: () => used, most: 2 * 2 ** 30 });
    const refused = admission.refusal();
    assert.deepEqual([refused?.code, refused?.retryAfter], ['overloaded', 3_000]);
    assert.match(refused!.message, /3072 MiB of memory are used, 2048 MiB at most/);
    used = 2 ** 30;
    assert.equal(admission.refusal(), null);
  });

  it('admits while frames hardly wait', () => {
    const { admission, load } = arrange();
    load(10, 99);
    assert.equal(admission.refusal(), null);
  });

  it('refuses when frames have waited too long for a while, and says when to come again', () => {
    const { admission, load } = arrange();
    load(1.9, 120);
    assert.equal(admission.refusal(), null);
    load(0.2, 120);
    const refusal = admission.refusal();
    assert.ok(refusal);
    assert.deepEqual([refusal.code, refusal.retryAfter], ['overloaded', 3000]);
    assert.match(
      refusal.message,
      /frames wait 120 ms for a worker, 100 ms at most before a stream more; try again in 3 s/,
    );
  });

  it('takes a crowd that waits once for no overload', () => {
    const { admission, clock, load } = arrange();
    for (let frame = 0; frame < 200; frame++) admission.frameWaited(300);
    assert.equal(admission.refusal(), null);
    clock.pass(500);
    load(5, 5);
    assert.equal(admission.refusal(), null);
  });

  it('admits again when the load has gone, at once or little by little', () => {
    const { admission, clock, load } = arrange();
    load(5, 300);
    assert.ok(admission.refusal());
    clock.pass(1_100);
    assert.equal(admission.refusal(), null);
    load(5, 300);
    load(5, 10);
    assert.equal(admission.refusal(), null);
  });
});
