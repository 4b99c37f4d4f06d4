import assert from 'node:assert/strict';
import { Subject } from 'rxjs';
import { createFlowGate } from '../../server/pipeline/flow-gate.js';

const arrange = (limit: number) => {
  const valve: string[] = [];
  const gate = createFlowGate(limit, { pause: () => valve.push('pause'), resume: () => valve.push('resume') });
  const source = new Subject<number>();
  const passed: number[] = [];
  const end = { isComplete: false };
  source.pipe(gate.hold()).subscribe({
    next: (value) => {
      passed.push(value);
      gate.enter();
    },
    complete: () => (end.isComplete = true),
  });
  return { valve, gate, source, passed, end };
};

describe('The flow gate', () => {
  it('passes values while fewer frames than its limit are under way', () => {
    const { source, passed, valve } = arrange(3);
    [1, 2].forEach((value) => source.next(value));
    assert.deepEqual({ passed, valve }, { passed: [1, 2], valve: [] });
  });

  it('pauses the source once at its limit and holds what still comes', () => {
    const { source, passed, valve } = arrange(2);
    [1, 2, 3, 4].forEach((value) => source.next(value));
    assert.deepEqual({ passed, valve }, { passed: [1, 2], valve: ['pause'] });
  });

  it('releases what it holds in order, one for each frame that leaves', () => {
    const { source, passed, gate } = arrange(1);
    [1, 2, 3].forEach((value) => source.next(value));
    gate.leave();
    assert.deepEqual(passed, [1, 2]);
    gate.leave();
    assert.deepEqual(passed, [1, 2, 3]);
  });

  it('resumes the source only when nothing is held and the gate is open', () => {
    const { source, gate, valve } = arrange(1);
    [1, 2].forEach((value) => source.next(value));
    gate.leave();
    assert.deepEqual(valve, ['pause']);
    gate.leave();
    assert.deepEqual(valve, ['pause', 'resume']);
  });

  it('completes only after everything it held has passed', () => {
    const { source, gate, passed, end } = arrange(1);
    [1, 2].forEach((value) => source.next(value));
    source.complete();
    assert.equal(end.isComplete, false);
    gate.leave();
    assert.deepEqual({ passed, end }, { passed: [1, 2], end: { isComplete: true } });
  });
});
