import { setTimeout as sleep } from 'node:timers/promises';
import { percentileMs } from '../generator/histogram.js';
import { wasLate } from '../generator/observations.js';
import type { Performance, Stage } from '../generator/stage.js';
import type { Settings } from '../settings.js';
import { holds, framesOf, standardFindings, told } from './finding.js';
import { findKnee } from './knee.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario, Trial } from './scenario.js';

const MOST_STREAMS = 100_000;
const PRECISION = 0.03;
/** After an overload, a server refuses new streams for as long as it told refused ones to wait. */
const RECOVERY_MS = 4_000;

/** Searches for the greatest number of streams that meets the targets; each number is a run of its own on the same server. */
export const ramp: Scenario = {
  name: 'ramp',
  question: 'How many streams at speaking speed does the server hold at most: where is the knee?',
  presets: { streams: 50, ramp: 5, duration: 20 },
  run: async (stage, settings) => {
    const tried: { readonly trial: Trial; readonly performance: Performance }[] = [];
    const knee = await findKnee(
      async (streams) => {
        const performance = await perform(stage, settings, streams);
        const trial = trialOf(performance, settings, streams);
        tried.push({ trial, performance });
        if (!trial.held) {
          await stage.quiet();
          await sleep(RECOVERY_MS);
        }
        return trial.held;
      },
      { first: settings.streams, most: MOST_STREAMS, precision: PRECISION },
    );
    const trials = tried.map(({ trial }) => trial);
    // The run at the knee; if none held, the last one, which had the fewest streams.
    const { performance } = tried.findLast(({ trial }) => trial.streams === knee.held) ?? tried.at(-1)!;
    const findings = [
      told('most streams that held', knee.held, 'streams'),
      told('fewest streams that did not', knee.missed ?? Infinity, 'streams'),
      ...standardFindings(performance, settings),
    ];
    return { performance, findings, trials };
  },
};

const perform = (stage: Stage, settings: Settings, streams: number): Promise<Performance> => {
  const { measured, end } = timetableOf(settings);
  return stage.perform(planOf(settings, speakers(streams, settings, end), [{ name: 'steady', ...measured }]));
};

/** What a run of so many streams says about them. */
export const trialOf = (performance: Performance, settings: Settings, streams: number): Trial => {
  const { observations } = performance;
  const isLate = wasLate(observations, settings.maxLag);
  return {
    streams,
    p99Ms: percentileMs(observations.splits.get('steady')!.latency, 99),
    gaps: framesOf(observations).gapped,
    held: !isLate && standardFindings(performance, settings).every(holds),
    wasLate: isLate,
  };
};
