import assert from 'node:assert/strict';
import { Observations } from '../../../load-tests/generator/observations.js';
import { figuresOf } from '../../../load-tests/report/figures.js';
import { latencyRows } from '../../../load-tests/report/rows.js';
import type { Result } from '../../../load-tests/report/result.js';
import { settingsLine } from '../../../load-tests/report/text.js';
import { readyFindings } from '../../../load-tests/scenarios/finding.js';
import { planOf, speakers } from '../../../load-tests/scenarios/plans.js';
import { SETTINGS } from '../settings.js';

describe('The figures of a run in which nobody was answered', () => {
  const plan = planOf(SETTINGS, speakers(1, SETTINGS, 5_000), [{ name: 'steady', from: 1_000, to: 4_000 }]);
  const observations = new Observations(plan);

  it('have no latency, rather than one of 0 ms', () => {
    const figures = figuresOf({ observations, server: [], generator: [] });
    const { latency, queue } = JSON.parse(JSON.stringify(figures.windows[0])) as Record<string, { p99: unknown }>;
    assert.deepEqual([latency!.p99, queue!.p99], [null, null]);
    for (const [, ...cells] of latencyRows(figures).slice(1))
      assert.deepEqual(cells, Array<string>(5).fill('not known'));
  });

  it('do not say how soon callers were ready', () => {
    for (const { value } of readyFindings(observations, 'speakers')) assert.ok(Number.isNaN(value));
  });
});

describe('The figures of a run in which callers speak differently', () => {
  it('say how they speak, whatever the settings are', () => {
    const [one, other] = speakers(2, SETTINGS, 5_000);
    const callers = [one!, { ...other!, transport: 'grpc' as const, encoding: 'alaw' as const }];
    const plan = planOf(SETTINGS, callers, [{ name: 'mixed', from: 1_000, to: 4_000 }]);
    const figures = figuresOf({ observations: new Observations(plan), server: [], generator: [] });
    const line = settingsLine({ settings: { ...SETTINGS, transport: 'ws-proto' }, figures } as Result);
    assert.ok(line.startsWith('2 speakers, ws, grpc, mulaw, alaw in chunks of 20 ms'), line);
  });
});
