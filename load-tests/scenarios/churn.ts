import { SPEAKERS } from '../generator/plan.js';
import { grownBytes } from '../server/sampler.js';
import { readyFindings, standardFindings, told } from './finding.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario } from './scenario.js';

/** Length of a call: long enough for three frames. */
const CALL_MS = 2_500;

export const churn: Scenario = {
  name: 'churn',
  question: 'What do short calls cost, one after the other, and what do they leave behind?',
  presets: { streams: 50, ramp: 5, duration: 60 },
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const callers = speakers(settings.streams, settings, end).map((caller) => ({ ...caller, callMs: CALL_MS }));
    const performance = await stage.perform(planOf(settings, callers, [{ name: 'churn', ...measured }]));
    const { calls } = performance.observations;
    const findings = [
      ...standardFindings(performance, settings),
      told('calls', calls.length, ''),
      told('calls a second', calls.length / (end / 1000), ''),
      ...readyFindings(performance.observations, SPEAKERS),
      told('server memory grew by', grownBytes(performance.server, measured) / 2 ** 20, 'MiB'),
    ];
    return { performance, findings, trials: [] };
  },
};
