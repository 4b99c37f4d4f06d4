import assert from 'node:assert/strict';
import { Admission } from '../../server/session/admission.js';
import { ManualClock } from '../support/manual-clock.js';

const arrange = () => {
  const clock = new ManualClock();
  const admission = new Admission(clock);
  /** Reports a hundred frames a second for `seconds`, each of which waited `waitMs`. */
  const load = (seconds: number, waitMs: number): void => {
    for (let frame = 0; frame < 100 * seconds; frame++) {
      clock.pass(10);
      admission.frameWaited(waitMs);
    }
  };
  return { admission, clock, load };
};

describe('Admission', () => {
  it('admits callers before the server has run a frame', () => assert.equal(arrange().admission.refusal(), null));

  it('refuses while too much memory is used, says how much, and admits again afterwards', () => {
    let used = 3 * 2 ** 30;
    const admission = new Admission(new ManualClock(), { used: () => used, most: 2 * 2 ** 30 });
    const refused = admission.refusal();
    assert.deepEqual([refused?.code, refused?.retryAfter], ['overloaded', 3_000]);
    assert.match(refused!.message, /3072 MiB of memory are used, 2048 MiB at most/);
    used = 2 ** 30;
    assert.equal(admission.refusal(), null);
  });

  it('admits while frames wait less than the limit', () => {
    const { admission, load } = arrange();
    load(10, 99);
    assert.equal(admission.refusal(), null);
  });

  it('refuses when frames have waited too long for two seconds, and says when to try again', () => {
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

  it('does not take a crowd that waits only once for an overload', () => {
    const { admission, clock, load } = arrange();
    for (let frame = 0; frame < 200; frame++) admission.frameWaited(300);
    assert.equal(admission.refusal(), null);
    clock.pass(500);
    load(5, 5);
    assert.equal(admission.refusal(), null);
  });

  it('admits again when frames stop coming, or wait less and less', () => {
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
