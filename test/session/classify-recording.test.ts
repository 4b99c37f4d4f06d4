import assert from 'node:assert/strict';
import type { Classify, Turn } from '../../server/domain/outcome.js';
import { hertz, milliseconds } from '../../server/domain/units.js';
import { CallerLeft } from '../../server/session/caller-left.js';
import { classifyRecording, type RecordingTask } from '../../server/session/classify-recording.js';
import { contextWith, sayingBalance, shelfOf, silentObserver } from '../support/contexts.js';
import { deferred, settled } from '../support/outcomes.js';
import { babble, pcm16 } from '../support/tones.js';

const FORMAT = { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels: 1 } as const;
const SPEECH = pcm16(babble(3, 4));
const SILENCE = new Uint8Array(120 * 32_000);
const NOBODY_LEAVES = new AbortController().signal;

const task = (classify: Classify, gone = NOBODY_LEAVES): RecordingTask => ({
  model: shelfOf(classify).all[0]!,
  announcing: {
    interim: false,
    topK: 5,
    threshold: null,
    endpointing: { silence: milliseconds(1_000), maxUtterance: milliseconds(30_000) },
  },
  tenant: 'somebody',
  gone,
});

const recording = (...parts: readonly Uint8Array[]) => ({ format: FORMAT, bytes: Buffer.concat(parts) });

describe('Classifying a recording', () => {
  for (const [what, parts] of [
    ['silence alone', [SILENCE]],
    ['silence after speech', [SPEECH, SILENCE]],
  ] as const)
    it(`lets other work take its turn during ${what}`, async () => {
      let turns = 0;
      let next = setImmediate(function others() {
        turns += 1;
        next = setImmediate(others);
      });
      const { audioMs } = await classifyRecording(recording(...parts), task(sayingBalance), contextWith());
      clearImmediate(next);
      assert.equal(audioMs, parts.reduce((sum, { length }) => sum + length, 0) / 32);
      assert.ok(turns >= 120 / 5, `${turns} turns in two minutes of silence`);
    });

  it('counts its audio, and its frames of silence, as a stream does', async () => {
    const counted = { seconds: 0, silentFrames: 0 };
    const observer = {
      ...silentObserver,
      audioReceived: (seconds: number) => (counted.seconds += seconds),
      silencePassedOver: (frames: number) => (counted.silentFrames += frames),
    };
    await classifyRecording(recording(SILENCE), task(sayingBalance), contextWith({ observer }));
    // A frame of a second every 500 ms, and none of them was given to the model.
    assert.deepEqual(counted, { seconds: 120, silentFrames: 2 * 120 - 1 });
  });

  it('marks its frames with its caller, so that all work of one caller has one share', async () => {
    const turns: Turn[] = [];
    const classify: Classify = (samples, state, turn) => {
      turns.push(turn);
      return sayingBalance(samples, state, turn);
    };
    await classifyRecording(recording(SPEECH), task(classify), contextWith());
    assert.deepEqual(new Set(turns.map(({ tenant }) => tenant)), new Set(['somebody']));
  });

  it('ends when its caller has left', async () => {
    const leaving = new AbortController();
    const { promise, resolve } = deferred<Awaited<ReturnType<Classify>>>();
    let frames = 0;
    const classify: Classify = () => {
      frames += 1;
      return promise;
    };
    const verdict = classifyRecording(recording(SPEECH, SPEECH), task(classify, leaving.signal), contextWith());
    await settled();
    const before = frames;
    leaving.abort();
    await assert.rejects(verdict, CallerLeft);
    resolve({ kind: 'shed' });
    for (let turn = 0; turn < 5; turn++) await settled();
    assert.ok(before > 0);
    assert.equal(frames, before);
  });
});
