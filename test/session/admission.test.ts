import assert from 'node:assert/strict';
import { Admission } from '../../server/session/admission.js';
import { ManualClock } from '../support/manual-clock.js';

/** Two workers that take 4.25 ms a frame: 0.85 of 470 frames a second are 400. */
const arrange = () => {
  const clock = new ManualClock();
  const admission = new Admission(clock);
  admission.watch(() => 2);
  /** So many frames a second for a while, each of which waited so long. */
  const load = (framesPerSecond: number, seconds: number, waitMs = 5): void => {
    for (let frame = 0; frame < framesPerSecond * seconds; frame++) {
      clock.pass(1000 / framesPerSecond);
      admission.batchRan(8, 8, 34);
      admission.frameWaited(waitMs);
    }
  };
  return { admission, clock, load };
};

describe('Admission', () => {
  it('knows what the workers run from their start, and learns from large batches only', () => {
    const clock = new ManualClock();
    const admission = new Admission(clock);
    admission.watch(() => 2);
    admission.workerReady(4);
    admission.workerReady(8.5);
    for (let frame = 0; frame < 1000; frame++) admission.batchRan(3, 8, 3);
    assert.equal(admission.refusal(201), null);
    admission.begun(201);
    assert.match(admission.refusal(2)?.message ?? '', /203 frames a second would come, and the workers run 200/);
    for (let batch = 0; batch < 200; batch++) admission.batchRan(8, 8, 34);
    assert.equal(admission.refusal(190), null);
  });

  it('admits anybody to a server that has not run a frame yet', () =>
    assert.equal(arrange().admission.refusal(2), null));

  it('admits while the workers run more than is asked of them', () => {
    const { admission, load } = arrange();
    load(380, 10);
    assert.equal(admission.refusal(2), null);
  });

  it('refuses what would be more than the workers run, and says when to come again', () => {
    const { admission, load } = arrange();
    load(399, 10);
    const refused = admission.refusal(8);
    assert.ok(refused);
    assert.equal(refused.code, 'overloaded');
    assert.equal(refused.retryAfter, 3000);
    assert.match(refused.message, /40\d frames a second would come, and the workers run 400; try again in 3 s/);
  });

  it('refuses when frames wait too long, whatever is measured otherwise', () => {
    const { admission, load } = arrange();
    load(50, 10, 60);
    assert.match(admission.refusal(2)?.message ?? '', /frames wait 60 ms for a worker/);
  });

  it('admits again when the load has gone', () => {
    const { admission, clock, load } = arrange();
    load(300, 10, 60);
    clock.pass(1_500);
    assert.equal(admission.refusal(2), null);
  });

  it('does not admit a crowd as if each of it came alone', () => {
    const { admission, load } = arrange();
    load(10, 10);
    let admitted = 0;
    for (; admission.refusal(2) === null; admitted++) admission.begun(2);
    assert.ok(admitted > 180 && admitted < 200, `${admitted} of a crowd`);
  });

  it('counts nobody twice: streams that are measured are no longer expected', () => {
    const { admission, load } = arrange();
    load(10, 10);
    for (let stream = 0; stream < 150; stream++) admission.begun(2);
    load(300, 10);
    assert.equal(admission.refusal(90), null);
    assert.notEqual(admission.refusal(110), null);
  });

  it('admits one stream to an idle server, however slow its model is', () => {
    const { admission, clock } = arrange();
    admission.workerReady(5_000);
    clock.pass(60_000);
    assert.equal(admission.refusal(2), null);
  });
});
