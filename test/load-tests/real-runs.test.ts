import assert from 'node:assert/strict';
import { Stage } from '../../load-tests/generator/stage.js';
import { TRANSPORTS } from '../../load-tests/generator/plan.js';
import { readVoices } from '../../load-tests/generator/voices.js';
import { figuresOf } from '../../load-tests/report/figures.js';
import { holds } from '../../load-tests/scenarios/finding.js';
import { churn } from '../../load-tests/scenarios/churn.js';
import { burst, greedy, slowReaders } from '../../load-tests/scenarios/disturbed.js';
import { mixed } from '../../load-tests/scenarios/mixed.js';
import { steady } from '../../load-tests/scenarios/steady.js';
import type { Scenario } from '../../load-tests/scenarios/scenario.js';
import type { Settings } from '../../load-tests/settings.js';
import { ECHO_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';
import { SETTINGS } from './settings.js';

describe('A load test against the real server', function () {
  this.timeout(60_000);
  let server: RealServer;
  before(async () => (server = await serveReal({ models: ECHO_MODELS })));
  after(() => server.running.drain());

  const run = async (scenario: Scenario, settings: Partial<Settings>) => {
    const addresses = { url: `ws://${server.http}`, grpcUrl: server.grpc };
    const stage = new Stage({ addresses, voices: await readVoices(SAMPLES, 1), threads: 1 });
    const outcome = await scenario.run(stage, { ...SETTINGS, ...settings });
    return { ...outcome, figures: figuresOf(outcome.performance) };
  };

  describe('by 20 streams over each transport at once', () => {
    type Run = Awaited<ReturnType<typeof run>>;
    const runs = new Map<string, Run>();
    before(async () => {
      const played = await Promise.all(TRANSPORTS.map((transport) => run(steady, { transport })));
      TRANSPORTS.forEach((transport, index) => runs.set(transport, played[index]!));
    });

    for (const transport of TRANSPORTS)
      it(`has every frame answered over ${transport}`, () => {
        const { frames, problems, calls, windows } = runs.get(transport)!.figures;
        assert.deepEqual(problems, {});
        assert.equal(calls, 20);
        assert.ok(frames.sent > 0);
        assert.deepEqual(frames, { sent: frames.sent, answered: frames.sent, gapped: 0, lost: 0 });
        // At most one frame of each stream every hop.
        const [window] = windows;
        assert.ok(window!.frames <= 20 * 11, `${window!.frames} frames measured`);
        assert.ok(window!.framesSplit <= window!.frames);
      });

    it('has sent as many frames as the server has counted', () => {
      const all = [...runs.values()];
      const sent = all.reduce((sum, { figures }) => sum + figures.frames.sent, 0);
      const counts = all.flatMap(({ performance }) =>
        performance.server.map(({ classified, silent }) => classified + silent),
      );
      assert.equal(Math.max(...counts) - Math.min(...counts), sent);
      assert.ok(all.every(({ performance }) => performance.server.at(-1)!.unclassified === 0));
    });
  });

  it('mixes every encoding, transport and model', async () => {
    const { figures, findings } = await run(mixed, { streams: 24, duration: 2 });
    assert.deepEqual(figures.problems, {});
    assert.equal(figures.frames.answered, figures.frames.sent);
    assert.ok(findings.every(holds));
  });

  it('lets short calls follow each other', async () => {
    const { figures } = await run(churn, { streams: 5, duration: 5 });
    assert.deepEqual(figures.problems, {});
    assert.ok(figures.calls > 5, `${figures.calls} calls`);
    assert.equal(figures.frames.answered, figures.frames.sent);
  });

  it('measures speakers before and while a crowd dials', async () => {
    const { figures, findings } = await run(burst, { streams: 100, duration: 4 });
    assert.deepEqual(figures.problems, {});
    assert.deepEqual(figures.groups, { speakers: 4, burst: 100 });
    assert.equal(figures.calls, 104);
    assert.ok(figures.moments.some(({ open }) => open > 4));
    assert.ok(findings.find(({ what }) => what === 'dialling to ready, longest')!.value > 0);
  });

  for (const transport of ['ws', 'grpc'] as const)
    it(`gets every answer for callers that stop reading, and for one that sends without pause, over ${transport}`, async () => {
      const runs = await Promise.all([
        run(slowReaders, { transport, streams: 5, duration: 4 }),
        run(greedy, { transport, streams: 1, duration: 4 }),
      ]);
      const [slow, hasty] = runs.map(({ figures }) => figures);
      for (const { problems, frames } of [slow!, hasty!]) {
        assert.deepEqual(problems, {});
        assert.deepEqual(frames, { sent: frames.sent, answered: frames.sent, gapped: 0, lost: 0 });
      }
      assert.equal(slow!.calls, 9);
      const [, { findings }] = runs;
      // At speaking speed its two seconds would make four frames.
      assert.ok(findings.find(({ what }) => what === 'frames of the greedy')!.value > 10);
    });
});
