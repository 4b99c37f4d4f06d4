import assert from 'node:assert/strict';
import { milliseconds } from '../../server/domain/units.js';
import { Endpointer, type Boundary } from '../../server/pipeline/endpointer.js';

const SETTINGS = { silence: milliseconds(200), maxUtterance: milliseconds(1000) };

/** Plays 20 ms parts, `#` speech and `.` silence, in pushes of `hop` parts. */
const play = (
  parts: string,
  hop = parts.length,
  settings = SETTINGS,
): { boundaries: Boundary[]; endpointer: Endpointer } => {
  const endpointer = new Endpointer(settings);
  const boundaries: Boundary[] = [];
  for (let from = 0; from < parts.length; from += hop) {
    const piece = parts.slice(from, from + hop);
    const probabilities = Float32Array.from(piece, (part) => (part === '#' ? 0.9 : 0.1));
    boundaries.push(
      ...endpointer.push({
        from: milliseconds(from * 20),
        to: milliseconds((from + piece.length) * 20),
        probabilities,
      }),
    );
  }
  return { boundaries, endpointer };
};

describe('The endpointer', () => {
  it('begins an utterance where unbroken speech of 100 ms began', () =>
    assert.deepEqual(play('....#####').boundaries, [{ kind: 'began', at: 80 }]));

  it('does not take a click for an utterance', () => assert.deepEqual(play('..####..####..').boundaries, []));

  it('ends an utterance where its speech ended, once the silence is long enough', () =>
    assert.deepEqual(play('#####..........').boundaries, [
      { kind: 'began', at: 0 },
      { kind: 'ended', at: 100, reason: 'silence' },
    ]));

  it('keeps an utterance open over a pause that is too short', () =>
    assert.deepEqual(play('#####.........#####').boundaries, [{ kind: 'began', at: 0 }]));

  it('ends an utterance that grows too long', () =>
    assert.deepEqual(play('#'.repeat(50)).boundaries, [
      { kind: 'began', at: 0 },
      { kind: 'ended', at: 1000, reason: 'max_length' },
    ]));

  it('finds the next utterance after one has ended', () =>
    assert.deepEqual(
      play('#####..........#####').boundaries.map(({ kind, at }) => `${kind} ${at}`),
      ['began 0', 'ended 100', 'began 300'],
    ));

  it('finds the same boundaries whatever the hop', () => {
    const parts = '..######...#####..........#..######............##...#######';
    const whole = play(parts).boundaries;
    for (let hop = 1; hop < parts.length; hop++) assert.deepEqual(play(parts, hop).boundaries, whole, `hop ${hop}`);
  });

  it('cuts an open utterance when told to, and none between utterances', () => {
    const { endpointer } = play('#####');
    assert.deepEqual(endpointer.cut(milliseconds(100), 'finalize'), { kind: 'ended', at: 100, reason: 'finalize' });
    assert.equal(endpointer.cut(milliseconds(100), 'finalize'), null);
  });

  it('uses changed settings from the next activity on', () => {
    const { endpointer } = play('#####.....');
    endpointer.configure({ ...SETTINGS, silence: milliseconds(120) });
    const probabilities = new Float32Array(1);
    assert.deepEqual(endpointer.push({ from: milliseconds(200), to: milliseconds(220), probabilities }), [
      { kind: 'ended', at: 100, reason: 'silence' },
    ]);
  });
});
