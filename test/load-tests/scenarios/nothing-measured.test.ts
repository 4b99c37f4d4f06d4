import assert from 'node:assert/strict';
import { durations, maxMs, percentileMs, recordMs } from '../../../load-tests/generator/histogram.js';
import { Observations } from '../../../load-tests/generator/observations.js';
import type { LoadPlan } from '../../../load-tests/generator/plan.js';
import type { Stage } from '../../../load-tests/generator/stage.js';
import { packFrames } from '../../../load-tests/generator/thread-report.js';
import { chartHtml } from '../../../load-tests/report/chart.js';
import { trialRows } from '../../../load-tests/report/rows.js';
import type { Result } from '../../../load-tests/report/result.js';
import { verdictOf } from '../../../load-tests/report/verdict.js';
import { greedy, idle } from '../../../load-tests/scenarios/disturbed.js';
import { holds, type Finding } from '../../../load-tests/scenarios/finding.js';
import { first } from '../../../load-tests/scenarios/first.js';
import { trialOf } from '../../../load-tests/scenarios/ramp.js';
import type { Scenario, ScenarioOutcome } from '../../../load-tests/scenarios/scenario.js';
import type { ServerSample } from '../../../load-tests/server/server-metrics.js';
import { SETTINGS } from '../settings.js';

const EMPTY = { server: [], generator: [] };
const progress = { kind: 'progress', frames: packFrames([]), calls: [], open: 0, lagP99: NaN } as const;

/** A run in which one frame was answered, in the first window only. */
const answeredAtFirst = (plan: LoadPlan): Observations => {
  const observations = new Observations(plan);
  const due = plan.windows[0]!.from + 1;
  const frames = packFrames([{ due, latency: 20, queue: NaN, infer: NaN, total: NaN, isGap: false }]);
  observations.take(0, { ...progress, frames }, due + 20);
  return observations;
};

/** Plays a scenario on a server that grows by 30 MiB in its second window. */
const play = (scenario: Scenario, streams = SETTINGS.streams): Promise<ScenarioOutcome> => {
  const stage: Pick<Stage, 'perform'> = {
    perform: (plan) => {
      const [before, during] = plan.windows;
      const server = [before!.to, during!.to].map(
        (at, index) => ({ at, residentBytes: index * 30 * 2 ** 20 }) as ServerSample,
      );
      return Promise.resolve({ observations: answeredAtFirst(plan), server, generator: [] });
    },
  };
  return scenario.run(stage as Stage, { ...SETTINGS, streams });
};

const missed = (findings: readonly Finding[]): string[] =>
  findings.filter((finding) => !holds(finding)).map(({ what }) => what);

describe('What was not measured', () => {
  const anyPlan = { windows: [{ name: 'steady', from: 0, to: 2_000 }], callers: [], chunkMs: 20 };
  const plan = { ...anyPlan, callers: [{ span: { from: 0, to: 2_000 } }] } as unknown as LoadPlan;

  it('has no percentile and no longest duration', () => {
    assert.deepEqual([percentileMs(durations(), 99), maxMs(durations())], [NaN, NaN]);
  });

  it('meets no target: the first frame was answered, and none after it', async () => {
    const { findings } = await play(first);
    assert.ok(missed(findings).includes('first frame ÷ steady p50'), missed(findings).join());
  });

  it('meets no target: nobody was answered while the greedy one spoke', async () => {
    const { findings } = await play(greedy);
    assert.ok(missed(findings).includes("the others' p99 moved by"), missed(findings).join());
  });

  it('misses no target where there were too few idle streams to tell their memory from that of all else', async () => {
    const what = 'server memory of an idle stream';
    const memoryOf = async (streams: number) => {
      const { findings } = await play(idle, streams);
      const { value, limit } = findings.find((finding) => finding.what.startsWith(what))!;
      return [value, limit, missed(findings).some((each) => each.startsWith(what))];
    };
    assert.deepEqual(await memoryOf(20), [NaN, null, false]);
    assert.deepEqual(await memoryOf(1_024), [30, 100, false]);
  });

  it('is told of a number of streams that the server refused', () => {
    const trial = trialOf({ observations: new Observations(plan), ...EMPTY }, SETTINGS, 50);
    assert.deepEqual([trial.p99Ms, trial.held], [NaN, false]);
    assert.equal(trialRows({ trials: [trial] } as unknown as Result)[1]![1], 'not known');
  });

  it('hides no lateness of the generator, whose event loop was measured and whose chunks were not, or the other way round', () => {
    for (const late of ['lag', 'loopDelay'] as const) {
      const observations = new Observations(plan);
      recordMs(observations[late], 500);
      const outcome = { performance: { observations, ...EMPTY }, findings: [], trials: [] };
      assert.equal(verdictOf(outcome, 100), 'generator too slow', late);
    }
  });

  it('hides no lateness of the generator in an interval in which it also sent nothing for a while', () => {
    const observations = new Observations(plan);
    for (const lagP99 of [NaN, 7, NaN, 3]) observations.take(0, { ...progress, lagP99 }, 100);
    assert.deepEqual(
      observations.moments.map(({ lagP99 }) => lagP99),
      [7, NaN],
    );
  });

  it('is a gap in a chart', () => {
    const points: [number, number][] = [
      [0, 5],
      [1, NaN],
      [2, 5],
    ];
    const svg = chartHtml({
      title: 't',
      unit: '',
      x: { from: 0, to: 2, ticks: [] },
      series: [{ name: 's', colour: 1, points }],
    });
    assert.match(svg, /d="M64\.0,[\d.]+M540\.0,[\d.]+"/);
    assert.ok(!svg.includes('NaN'));
  });
});
