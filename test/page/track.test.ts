import assert from 'node:assert/strict';
import type { Intent } from '../../proto/server-messages.js';
import { Track } from '../../server/page/live/track.js';
import { BAR_MS, Waveform } from '../../server/page/live/waveform.js';

const LABELS = ['balance', 'freeze'];

const intent = (
  utterance: number,
  [start, end]: readonly [number, number],
  score: number,
  more: Partial<Intent> = {},
): Intent => ({
  type: 'intent',
  channel: 0,
  utterance,
  status: 'tentative',
  start_ms: start,
  end_ms: end,
  intent: 'freeze',
  out_of_scope: false,
  score,
  scores: [{ label: 'freeze', score }],
  latency_ms: { queue: 0, infer: 1, total: 1 },
  ...more,
});

describe('A track of the live page', () => {
  it('draws one line per label, broken between utterances', () => {
    const track = new Track(0, LABELS);
    track.intent(intent(0, [100, 600], 0.4));
    track.intent(intent(0, [100, 1_100], 0.9, { status: 'final' }));
    track.utteranceEnd({ type: 'utterance_end', channel: 0, utterance: 0, end_ms: 1_200, reason: 'silence' });
    track.intent(intent(1, [3_000, 3_500], 0.2));
    assert.deepEqual(track.curves.byLabel.get('freeze'), [0.4, 0.9, null, 0.2]);
    assert.deepEqual(track.curves.byLabel.get('balance'), [0, 0, null, 0]);
  });

  it('keeps its points in order, even if a final ends earlier than the tentative before it', () => {
    const track = new Track(0, LABELS);
    track.intent(intent(0, [100, 2_500], 0.8));
    track.intent(intent(0, [100, 2_000], 0.9, { status: 'final' }));
    const { seconds } = track.curves;
    assert.ok(seconds.every((second, at) => at === 0 || second > seconds[at - 1]!));
    assert.equal(track.utterances[0]!.endMs, 2_000);
    assert.ok(track.utterances[0]!.heardMs >= 2_500);
  });

  it('turns an utterance from tentative to final', () => {
    const track = new Track(0, LABELS);
    track.intent(intent(0, [100, 600], 0.4));
    assert.equal(track.utterances[0]!.isFinal, false);
    track.intent(intent(0, [100, 900], 0.1, { status: 'final', intent: null, out_of_scope: true }));
    assert.deepEqual(
      track.utterances.map(({ isFinal, intent: name, score }) => [isFinal, name, score]),
      [[true, null, 0.1]],
    );
  });

  it('breaks its lines at a gap, and keeps the gap to be marked', () => {
    const track = new Track(0, LABELS);
    track.intent(intent(0, [0, 500], 0.4));
    track.gap({ type: 'gap', channel: 0, start_ms: 500, end_ms: 1_000, reason: 'overload' });
    track.intent(intent(0, [0, 1_500], 0.6));
    assert.deepEqual(track.curves.byLabel.get('freeze'), [0.4, null, 0.6]);
    assert.equal(track.gaps.length, 1);
  });

  it('joins gaps that follow each other', () => {
    const track = new Track(0, LABELS);
    for (const [start, end] of [
      [0, 500],
      [500, 1_000],
      [2_000, 2_500],
    ] as const)
      track.gap({ type: 'gap', channel: 0, start_ms: start, end_ms: end, reason: 'overload' });
    assert.deepEqual(
      track.gaps.map(({ start_ms: start, end_ms: end }) => [start, end]),
      [
        [0, 1_000],
        [2_000, 2_500],
      ],
    );
  });
});

describe('A waveform of the live page', () => {
  for (const rate of [8_000, 11_025, 44_100, 48_000])
    it(`has the peak of every ${BAR_MS} ms at ${rate} Hz as a bar, however the audio is cut`, () => {
      const samples = Float32Array.from({ length: rate * 2 }, (_, n) => Math.sin(n));
      const peaks = Array.from({ length: 2_000 / BAR_MS }, () => 0);
      for (const [n, sample] of samples.entries()) {
        const bar = Math.floor((n * 1_000) / (rate * BAR_MS));
        peaks[bar] = Math.max(peaks[bar]!, Math.abs(sample));
      }
      const [whole, cut] = [new Waveform(rate), new Waveform(rate)];
      whole.push(samples);
      for (let at = 0; at < samples.length; at += 777) cut.push(samples.subarray(at, at + 777));
      assert.deepEqual(whole.bars, peaks);
      assert.deepEqual(cut.bars, peaks);
      assert.equal(whole.lengthMs, 2_000);
    });
});
