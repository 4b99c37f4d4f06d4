import assert from 'node:assert/strict';
import type { Frame } from '../../server/domain/frame.js';
import { milliseconds } from '../../server/domain/units.js';
import { activityOf } from '../../server/pipeline/activity.js';
import { Endpointer } from '../../server/pipeline/endpointer.js';
import { classified } from '../support/outcomes.js';

const HOP = milliseconds(500);
/** What a graph says about the five parts of its newest hop, of 100 ms each. */
const SPEECH = Float32Array.of(0.9, 0.8, 0.1, 0.2, 0.3);

/** A frame from `start` on, whose audio is fresh from `freshFrom` to `end`; its energy says speech in every 20 ms. */
const frame = (start: number, freshFrom: number, end: number): Frame => ({
  channel: 0,
  samples: new Float32Array(0),
  start: milliseconds(start),
  freshFrom: milliseconds(freshFrom),
  end: milliseconds(end),
  activity: new Float32Array(Math.max(1, Math.round((end - freshFrom) / 20))).fill(1),
  loudestDbfs: -20,
  arrivedAt: 0,
});

const heard = (of: Frame, speech: Float32Array | null) =>
  activityOf(of, classified([1, 0], { speech }), HOP).map(({ from, to, probabilities }) => ({
    from,
    to,
    parts: probabilities.length,
  }));

describe('The speech in a frame', () => {
  it('is what the graph says about its newest hop', () =>
    assert.deepEqual(heard(frame(500, 1000, 1500), SPEECH), [{ from: 1000, to: 1500, parts: 5 }]));

  it('is what the energy says about the parts that the graph does not cover', () => {
    assert.deepEqual(heard(frame(500, 1000, 1500), null), [{ from: 1000, to: 1500, parts: 25 }]);
    assert.deepEqual(heard(frame(0, 0, 1000), SPEECH), [
      { from: 0, to: 500, parts: 25 },
      { from: 500, to: 1000, parts: 5 },
    ]);
  });

  it('ends with the audio when an utterance was cut short within a part', () =>
    assert.deepEqual(heard(frame(8000, 8500, 8555), SPEECH), [{ from: 8500, to: 8555, parts: 1 }]));

  it('begins no utterance when the audio ends with a click, however long the parts are', () => {
    const begun = (end: number) => {
      const endpointer = new Endpointer({ silence: milliseconds(400), maxUtterance: milliseconds(10_000) });
      const outcome = classified([1, 0], { speech: SPEECH });
      return activityOf(frame(8000, 8500, end), outcome, HOP).flatMap((activity) => endpointer.push(activity)).length;
    };
    assert.deepEqual([begun(8590), begun(8600)], [0, 1]);
  });
});
