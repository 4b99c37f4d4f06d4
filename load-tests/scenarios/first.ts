import { percentileMs } from '../generator/histogram.js';
import type { Split } from '../generator/observations.js';
import { atMost, standardFindings, told } from './finding.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario } from './scenario.js';

/** When the first frame is due, one second after the first word: the window around it holds no other. */
const FIRST = { from: 900, to: 1_050 };
const MOST_RATIO = 1.5;

export const first: Scenario = {
  name: 'first',
  question: 'Does the first frame after the server is ready take longer than any other?',
  presets: { streams: 1, ramp: 0, duration: 20 },
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const windows = [
      { name: 'first frame', ...FIRST },
      { name: 'steady', ...measured },
    ];
    const performance = await stage.perform(planOf(settings, speakers(settings.streams, settings, end), windows));
    const [one, steady] = [...performance.observations.splits.values()].map(medianOf) as [number, number];
    return {
      performance,
      findings: [
        ...standardFindings(performance, settings),
        told('first frame', one, 'ms'),
        told('steady p50', steady, 'ms'),
        atMost('first frame ÷ steady p50', one / steady, '×', MOST_RATIO),
      ],
      trials: [],
    };
  },
};

const medianOf = ({ latency }: Split): number => (latency.count === 0 ? Infinity : percentileMs(latency, 50));
