import assert from 'node:assert/strict';
import { lagOf } from '../../../load-tests/generator/observations.js';
import { Stage, type StageOptions } from '../../../load-tests/generator/stage.js';
import { readVoices, type Voice } from '../../../load-tests/generator/voices.js';
import { percentileMs } from '../../../load-tests/generator/histogram.js';
import { atMost } from '../../../load-tests/scenarios/finding.js';
import { steady } from '../../../load-tests/scenarios/steady.js';
import { verdictOf } from '../../../load-tests/report/verdict.js';
import { SAMPLES } from '../../support/real-server.js';
import { serveDelaying } from '../delaying-server.js';
import { SETTINGS } from '../settings.js';

describe('The load generator in threads', () => {
  let voices: Voice[];
  before(async () => (voices = await readVoices(SAMPLES, 1)));

  /** Half a dozen callers for two measured seconds. */
  const outcomeWith = async (delayMs: number, options: Partial<StageOptions> = {}) => {
    const server = await serveDelaying(delayMs);
    const stage = new Stage({ addresses: { url: server.url, grpcUrl: '' }, voices, threads: 2, ...options });
    const outcome = await steady.run(stage, { ...SETTINGS, streams: 6, ramp: 0.5, duration: 2 });
    server.close();
    return outcome;
  };

  it("finds a server's delay in every latency", async () => {
    const delayMs = 300;
    const [slow, quick] = await Promise.all([outcomeWith(delayMs), outcomeWith(0)]);
    const histogramOf = ({ performance }: typeof slow) => performance.observations.splits.get('steady')!.latency;
    const [delayed, prompt] = [histogramOf(slow), histogramOf(quick)];
    assert.ok(delayed.count >= 10, `${delayed.count} frames`);
    // Microseconds; timers ring up to a millisecond early.
    assert.ok(delayed.min >= (delayMs - 1) * 1000, `${delayed.min} µs`);
    const added = percentileMs(delayed, 50) - percentileMs(prompt, 50);
    assert.ok(added > delayMs / 2 && added < delayMs * 2, `the delay added ${added} ms`);
  });

  it('blames itself when its threads were blocked, whatever the server did', async () => {
    const program = new URL('../late-thread.js', import.meta.url);
    const outcome = await outcomeWith(0, { program });
    const { lagP99Ms, loopDelayP99Ms } = lagOf(outcome.performance.observations);
    assert.ok(lagP99Ms >= 100, `lag ${lagP99Ms} ms`);
    assert.ok(loopDelayP99Ms >= 100, `loop delay ${loopDelayP99Ms} ms`);
    assert.equal(verdictOf(outcome, 25), 'generator too slow');
    const missed = { ...outcome, findings: [atMost('p99 latency', 2, 'ms', 1)] };
    assert.equal(verdictOf(missed, 25), 'generator too slow');
    assert.equal(verdictOf(missed, 10_000), 'missed');
    assert.equal(verdictOf(outcome, 10_000), 'held');
  });

  it('fails when a thread cannot run', async () => {
    await assert.rejects(outcomeWith(0, { program: new URL('file:///nowhere.js') }));
  });
});
