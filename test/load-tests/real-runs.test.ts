import assert from 'node:assert/strict';
import { Stage } from '../../load-tests/generator/stage.js';
import { TRANSPORTS } from '../../load-tests/generator/plan.js';
import { readVoices } from '../../load-tests/generator/voices.js';
import { figuresOf } from '../../load-tests/report/figures.js';
import { holds } from '../../load-tests/scenarios/finding.js';
import { churn } from '../../load-tests/scenarios/churn.js';
import { burst } from '../../load-tests/scenarios/disturbed.js';
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

  for (const transport of TRANSPORTS)
    it(`has every frame answered over ${transport}`, async () => {
      const { figures, performance } = await run(steady, { transport });
      assert.deepEqual(figures.problems, {});
      assert.equal(figures.calls, 20);
      assert.ok(figures.frames.sent > 20 * 10, `${figures.frames.sent} frames`);
      assert.deepEqual(figures.frames, {
        sent: figures.frames.sent,
        answered: figures.frames.sent,
        gapped: 0,
        lost: 0,
      });
      const [window] = figures.windows;
      // One frame of each stream every hop: what is due in the window is measured in it.
      assert.ok(window!.frames >= 20 * 9 && window!.frames <= 20 * 11, `${window!.frames} frames measured`);
      assert.ok(window!.framesSplit > 0 && window!.framesSplit <= window!.frames);
      // The server has counted the same.
      const { classified, unclassified } = performance.server.at(-1)!;
      const before = performance.server[0]!;
      assert.equal(classified - before.classified, figures.frames.sent);
      assert.equal(unclassified, before.unclassified);
    });

  it('deals out every encoding, transport and model', async () => {
    const { figures, findings } = await run(mixed, { streams: 24, duration: 2 });
    assert.deepEqual(figures.problems, {});
    assert.equal(figures.frames.answered, figures.frames.sent);
    assert.ok(findings.every(holds));
  });

  it('lets short calls follow each other', async () => {
    const { figures } = await run(churn, { streams: 5, duration: 5 });
    assert.deepEqual(figures.problems, {});
    assert.ok(figures.calls >= 10, `${figures.calls} calls`);
    assert.equal(figures.frames.answered, figures.frames.sent);
  });

  it('measures speakers before and while a crowd dials', async () => {
    const { figures, findings } = await run(burst, { streams: 100, duration: 4 });
    assert.deepEqual(figures.problems, {});
    assert.deepEqual(figures.groups, { speakers: 4, burst: 100 });
    assert.equal(figures.calls, 104);
    assert.ok(figures.moments.some(({ open }) => open === 104));
    assert.ok(findings.find(({ what }) => what === 'dialling to ready, longest')!.value > 0);
  });
});
