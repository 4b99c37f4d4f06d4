import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Caller, type Desk } from '../../../load-tests/generator/caller.js';
import type { CallRecord } from '../../../load-tests/generator/call-record.js';
import type { CallerPlan } from '../../../load-tests/generator/plan.js';
import { TimerWheel } from '../../../load-tests/generator/timer-wheel.js';
import { LateClock } from './late-clock.js';
import { closed, gap, receipt, scriptedLine, tentative, type ScriptedLine } from './scripted-line.js';

const HOP_MS = 500;
const CHUNK_MS = 20;
const TAPE = { bytes: new Uint8Array(new SharedArrayBuffer(1600)), messageBytes: 160, messages: 10 };
const PLAN: CallerPlan = {
  group: 'speakers',
  transport: 'ws',
  encoding: 'mulaw',
  model: null,
  span: { from: 0, to: 10_000 },
  speech: 'paced',
  phase: 0.3,
};

interface Seen {
  readonly sent: { readonly due: number; readonly at: number }[];
  readonly latencies: number[];
  readonly gaps: number[];
  readonly calls: CallRecord[];
}

/** Plays one call to its end, on a clock of its own. */
const play = async (clock: LateClock, line: ScriptedLine, plan: CallerPlan = PLAN): Promise<Seen> => {
  const seen: Seen = { sent: [], latencies: [], gaps: [], calls: [] };
  const desk: Desk = {
    clock,
    wheel: new TimerWheel(clock),
    chunkMs: CHUNK_MS,
    hopMs: null,
    topK: 5,
    tapeFor: () => TAPE,
    connect: (_plan, listener) => line.connect(listener),
    sent: (_plan, due, at) => void seen.sent.push({ due, at }),
    answered: (_plan, due, { at, isGap }) => void (isGap ? seen.gaps : seen.latencies).push(at - due),
    opened: () => undefined,
    ended: (_plan, record) => void seen.calls.push(record),
  };
  new Caller(plan, 0, desk);
  clock.manual.pass(100);
  // `ready` comes in a turn of its own.
  await Promise.resolve();
  clock.manual.pass(90_000);
  return seen;
};

/** A server that calls `answer` for each frame that ends with a chunk, and answers `close`. */
const answering = (answer: (frame: number, tell: Parameters<Parameters<typeof scriptedLine>[1]>[1]) => void) =>
  scriptedLine(HOP_MS, (what, listener) => {
    if (what === 'close') {
      listener.heard(closed);
      listener.ended(null);
    } else {
      const spokenMs = (what + 1) * CHUNK_MS - 1000;
      if (spokenMs >= 0 && spokenMs % HOP_MS === 0) answer(spokenMs / HOP_MS, listener);
    }
  });

describe('A virtual caller', () => {
  it('sends chunk n at start + n × chunk, however late the one before was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 30 }), async (lates) => {
        let turn = 0;
        const { sent } = await play(
          new LateClock(() => lates[turn++ % lates.length]!),
          answering(() => undefined),
        );
        const start = sent[0]!.due;
        sent.forEach(({ due, at }, n) => {
          assert.equal(due, start + n * CHUNK_MS);
          // Never early, and never later than the lateness of one alarm: nothing adds up.
          assert.ok(at >= due && at <= due + Math.max(...lates) + 1, `chunk ${n}: due ${due}, sent ${at}`);
        });
        assert.equal(sent.length, Math.ceil((10_000 - start) / CHUNK_MS));
      }),
      { numRuns: 50 },
    );
  });

  it('measures exactly the delay of the server, from the moment at which the last chunk was due', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 900 }), fc.boolean(), async (delay, speaks) => {
        const clock = new LateClock(() => 0);
        const line = answering((frame, listener) =>
          clock.manual.after(delay, () => {
            if (speaks) listener.heard(tentative(1000 + frame * HOP_MS));
            listener.heard(receipt);
          }),
        );
        const { latencies, calls } = await play(clock, line);
        assert.ok(latencies.length > 10);
        for (const latency of latencies) assert.equal(latency, delay);
        assert.equal(calls[0]!.gapped, 0);
      }),
      { numRuns: 30 },
    );
  });

  it('measures frames that are answered only after it has hung up, but none that its hanging up completed', async () => {
    const clock = new LateClock(() => 0);
    const HELD_BACK_MS = 2_000;
    const line = scriptedLine(HOP_MS, (what, listener) => {
      if (what === 'close') {
        clock.manual.after(HELD_BACK_MS, () => {
          // The frame of what was left.
          listener.heard(receipt);
          listener.heard(closed);
          listener.ended(null);
        });
        return;
      }
      const spokenMs = (what + 1) * CHUNK_MS - 1000;
      if (spokenMs < 0 || spokenMs % HOP_MS !== 0) return;
      clock.manual.after(spokenMs < 7_500 ? 10 : HELD_BACK_MS, () => listener.heard(receipt));
    });
    const { latencies, calls } = await play(clock, line);
    const { sent, lost } = calls[0]!;
    assert.equal(lost, 0);
    assert.equal(latencies.length, sent - 1);
    assert.equal(latencies.filter((latency) => latency === HELD_BACK_MS).length, 3);
  });

  it('adds its own lag to the latency: what was sent late is answered late', async () => {
    const clock = new LateClock(() => 30);
    const { latencies } = await play(
      clock,
      answering((_frame, listener) => listener.heard(receipt)),
    );
    assert.ok(latencies.every((latency) => latency >= 0 && latency <= 31));
    assert.ok(latencies.some((latency) => latency > 0));
  });

  it('counts gaps separately, and frames without an answer as lost', async () => {
    const clock = new LateClock(() => 0);
    const line = answering((frame, listener) => {
      if (frame === 3) return;
      listener.heard(frame === 5 ? gap(1000 + frame * HOP_MS, HOP_MS) : tentative(1000 + frame * HOP_MS));
      listener.heard(receipt);
    });
    const { calls, gaps } = await play(clock, line);
    const { sent, answered, gapped, lost, problem } = calls[0]!;
    assert.equal(problem, null);
    assert.equal(gapped, 1);
    assert.equal(gaps.length, 1);
    // Frame 3, and the padded frame at the end, which the scripted server does not answer.
    assert.equal(sent, answered + gapped + lost);
    assert.equal(lost, 2);
  });

  it('says why a call failed', async () => {
    const line = scriptedLine(HOP_MS, (what, listener) => {
      if (what !== 10) return;
      listener.heard({
        type: 'error',
        seq: 2,
        code: 'overloaded',
        message: 'too much',
        retryable: true,
        request_id: 'r',
      });
      listener.ended('close code 4503');
    });
    const { calls } = await play(new LateClock(() => 0), line);
    assert.equal(calls[0]!.problem, 'overloaded: too much');
    assert.equal(line.chunks, 11);
  });

  it('gives up on a server that does not answer close', async () => {
    const { calls } = await play(
      new LateClock(() => 0),
      scriptedLine(HOP_MS, () => undefined),
    );
    assert.match(calls[0]!.problem!, /no closed came within 60000 ms/);
  });

  it('hangs up after the length of its call', async () => {
    const line = answering((_frame, listener) => listener.heard(receipt));
    const { calls, sent } = await play(new LateClock(() => 0), line, { ...PLAN, callMs: 2500 });
    assert.equal(sent.length, 125);
    // Frames end at 1000, 1500, 2000 and 2500 ms.
    assert.equal(calls[0]!.sent, 4);
    assert.equal(calls[0]!.lost, 0);
  });
});
