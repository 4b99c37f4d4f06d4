import assert from 'node:assert/strict';
import type { Frame } from '../../server/domain/frame.js';
import type { Outcome, Turn } from '../../server/domain/outcome.js';
import type { StreamEvent } from '../../server/domain/stream-event.js';
import { milliseconds } from '../../server/domain/units.js';
import { UtteranceTrack } from '../../server/pipeline/utterance-track.js';
import { statefulCard } from '../support/cards.js';
import { classified } from '../support/outcomes.js';

const ANNOUNCING = {
  interim: true,
  topK: 2,
  threshold: null,
  endpointing: { silence: milliseconds(400), maxUtterance: milliseconds(10_000) },
};

/** The n-th frame of a stream at a hop of 500 ms; `activity` in `#` and `.` of 100 ms each. */
const frame = (n: number, activity: string): Frame => ({
  channel: 0,
  samples: new Float32Array(0),
  start: milliseconds(n * 500),
  freshFrom: milliseconds(n === 0 ? 0 : 500 + n * 500),
  end: milliseconds(1000 + n * 500),
  activity: Float32Array.from(activity, (part) => (part === '#' ? 1 : 0)),
  loudestDbfs: -20,
  arrivedAt: 40,
});

/** The states that frames were classified with. */
const given: (Float32Array | null)[] = [];

/** What the next frame would be classified with. */
const stateOf = (track: UtteranceTrack): Float32Array | null | undefined => {
  void track.classify(frame(9, ''));
  return given.at(-1);
};

const arrange = (change: Partial<typeof ANNOUNCING> = {}) =>
  new UtteranceTrack({
    channel: 0,
    card: statefulCard(),
    hop: milliseconds(500),
    announcing: { ...ANNOUNCING, ...change },
    classify: (_, state) => {
      given.push(state);
      return Promise.resolve(BALANCE);
    },
    tenant: 'somebody',
    now: () => 50,
  });

const saying = (label: number, nextState = Float32Array.of(1, 1)): Outcome =>
  classified(
    [0, 1, 2].map((index) => (index === label ? 5 : 0)),
    { nextState },
  );
const BALANCE = saying(0);
const FREEZE = saying(1);
const BACKGROUND = saying(2);

const told = (events: readonly StreamEvent[]): string[] =>
  events.map((event) => {
    switch (event.kind) {
      case 'intent':
        return `${event.status} ${event.utterance} ${event.intent ?? 'none'} ${event.start}–${event.end}`;
      case 'speech_started':
        return `speech ${event.at}`;
      case 'utterance_end':
        return `end ${event.utterance} ${event.end} ${event.reason}`;
      case 'gap':
        return `gap ${event.start}–${event.end} ${event.reason}`;
    }
  });

describe('An utterance track', () => {
  it('says nothing while nobody speaks', () =>
    assert.deepEqual(told(arrange().hear(frame(0, '..........'), BALANCE)), []));

  it('announces speech and a tentative intent in the frame in which an utterance begins', () =>
    assert.deepEqual(told(arrange().hear(frame(0, '...#######'), BALANCE)), [
      'speech 300',
      'tentative 0 balance 300–1000',
    ]));

  it('announces exactly one final, then the end, when silence is long enough', () => {
    const track = arrange();
    track.hear(frame(0, '...#######'), BALANCE);
    assert.deepEqual(told(track.hear(frame(1, '#....'), FREEZE)), ['final 0 freeze 300–1100', 'end 0 1100 silence']);
    assert.deepEqual(told(track.hear(frame(2, '.....'), BALANCE)), []);
  });

  it('numbers utterances and lets the next begin with a fresh belief', () => {
    const track = arrange();
    track.hear(frame(0, '##########'), BALANCE);
    assert.deepEqual(told(track.hear(frame(1, '....#'), BALANCE)), [
      'final 0 balance 0–1000',
      'end 0 1000 silence',
      'speech 1400',
    ]);
    assert.deepEqual(stateOf(track), new Float32Array(2));
    assert.deepEqual(told(track.hear(frame(2, '#####'), FREEZE)), ['tentative 1 freeze 1400–2000']);
  });

  it('carries state only while an utterance is open', () => {
    const track = arrange();
    track.hear(frame(0, '..........'), BALANCE);
    assert.deepEqual(stateOf(track), new Float32Array(2));
    track.hear(frame(1, '#####'), BALANCE);
    assert.deepEqual(stateOf(track), Float32Array.of(1, 1));
  });

  it('classifies no silence between utterances, and everything while one is open or may begin', () => {
    const track = arrange();
    const silence = { ...frame(1, '.....'), loudestDbfs: -65.1 };
    assert.equal(track.classify(silence), null);
    assert.deepEqual(track.hear(silence, null), []);
    assert.ok(track.classify({ ...silence, loudestDbfs: -64.9 }));
    assert.ok(track.classify(silence), 'the frame before it may be speech');
    track.hear(frame(2, '....#'), BALANCE);
    track.hear(frame(3, '#####'), BALANCE);
    assert.ok(track.classify(silence), 'an utterance is open');
  });

  it('asks for an answer within a hop, in the name of its tenant', () => {
    const turns: Turn[] = [];
    const track = new UtteranceTrack({
      channel: 0,
      card: statefulCard(),
      hop: milliseconds(500),
      announcing: ANNOUNCING,
      classify: (_samples, _state, turn) => {
        turns.push(turn);
        return Promise.resolve(BALANCE);
      },
      tenant: 'somebody',
      now: () => 50,
    });
    void track.classify(frame(0, '#'));
    assert.deepEqual(turns, [{ tenant: 'somebody', liveAt: 40, dueAt: 540 }]);
    // Half a second of audio right behind it: it would have been spoken 475 ms later, by a clock a twentieth fast.
    void track.classify(frame(1, '#'));
    assert.deepEqual(turns[1], { tenant: 'somebody', liveAt: 515, dueAt: 1015 });
    void track.classify({ ...frame(2, '#'), arrivedAt: 3_000 });
    assert.deepEqual(turns[2], { tenant: 'somebody', liveAt: 3_000, dueAt: 3_500 });
  });

  it('never announces background', () => {
    const [, intent] = arrange().hear(frame(0, '##########'), BACKGROUND);
    assert.ok(intent?.kind === 'intent');
    assert.deepEqual([intent.intent, intent.outOfScope], [null, true]);
    assert.ok(intent.scores.every(({ label }) => label !== 'background'));
  });

  it('reports a shed frame as a gap of its fresh audio and keeps the utterance open', () => {
    const track = arrange();
    track.hear(frame(0, '##########'), BALANCE);
    assert.deepEqual(told(track.hear(frame(1, '#####'), { kind: 'shed' })), ['gap 1000–1500 overload']);
    assert.deepEqual(told(track.hear(frame(2, '#....'), BALANCE)), ['final 0 balance 0–1600', 'end 0 1600 silence']);
  });

  it('ends an utterance of which nothing could be classified with a final that claims nothing', () => {
    const track = arrange();
    track.hear(frame(0, '##########'), { kind: 'failed', reason: 'broken' });
    const [final] = track.cut({ channel: 0, at: milliseconds(1000), reason: 'close', arrivedAt: 45 });
    assert.ok(final?.kind === 'intent');
    assert.deepEqual([final.status, final.intent, final.score, final.scores], ['final', null, 0, []]);
  });

  it('leaves tentative intents out when they are not wanted', () =>
    assert.deepEqual(told(arrange({ interim: false }).hear(frame(0, '##########'), BALANCE)), ['speech 0']));

  it('ends an utterance where the caller cuts it, and announces nothing when it is cut in silence', () => {
    const track = arrange();
    track.hear(frame(0, '##########'), BALANCE);
    const cut = { channel: 0, at: milliseconds(1000), reason: 'finalize' as const, arrivedAt: 45 };
    assert.deepEqual(told(track.cut(cut)), ['final 0 balance 0–1000', 'end 0 1000 finalize']);
    assert.deepEqual(track.cut(cut), []);
  });

  it('trusts the graph about speech when the graph says something', () => {
    const speech = Float32Array.of(0, 0, 0, 0, 0);
    const outcome = classified([5, 0, 0], { speech, nextState: Float32Array.of(1, 1) });
    assert.deepEqual(told(arrange().hear(frame(1, '#####'), outcome)), []);
  });

  it('measures latency from the arrival of the newest sample', () => {
    const [, intent] = arrange().hear(frame(0, '##########'), BALANCE);
    assert.ok(intent?.kind === 'intent');
    assert.deepEqual(intent.latency, { queue: 1, infer: 2, total: 10, isAhead: false });
  });

  it('says of each intent whether its caller sends faster than speech', () => {
    const aheadOf = (arrivals: readonly number[]): boolean[] => {
      const track = arrange();
      return arrivals
        .flatMap((arrivedAt, n) => track.hear({ ...frame(n, n === 0 ? '##########' : '#####'), arrivedAt }, BALANCE))
        .flatMap((event) => (event.kind === 'intent' ? [event.latency.isAhead] : []));
    };
    assert.deepEqual(aheadOf([0, 500, 1000, 1500, 2000]), [false, false, false, false, false]);
    assert.deepEqual(aheadOf([0, 0, 0, 0, 0]), [false, false, false, true, true]);
    // A caller that was ahead is live again as soon as time has caught up.
    assert.deepEqual(aheadOf([0, 0, 0, 0, 1500]), [false, false, false, true, false]);
    // A caller whose network held two seconds back and delivered them at once is not faster than speech, then or later.
    const heldBack = aheadOf([0, 500, 3000, 3000, 3000, 3000, 3000, 3500, 4000, 4500]);
    assert.ok(heldBack.length >= 10 && heldBack.every((isAhead) => !isAhead));
    // A recording that comes after a minute without audio still counts as faster than speech.
    assert.equal(aheadOf([0, ...Array.from({ length: 40 }, () => 60_000)]).at(-1), true);
  });
});
