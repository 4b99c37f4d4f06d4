import { standardFindings } from './finding.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario } from './scenario.js';

export const steady: Scenario = {
  name: 'steady',
  question: 'Does the server hold so many streams at speaking speed?',
  presets: { streams: 50, ramp: 10, duration: 60 },
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const plan = planOf(settings, speakers(settings.streams, settings, end), [{ name: 'steady', ...measured }]);
    const performance = await stage.perform(plan);
    return { performance, findings: standardFindings(performance, settings), trials: [] };
  },
};

const PARTS = ['first third', 'second third', 'last third'];

export const long: Scenario = {
  name: 'long',
  question: 'Is a call of half an hour answered at its end as at its beginning, frame for frame?',
  presets: { streams: 1, ramp: 0, duration: 1800 },
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const third = (measured.to - measured.from) / PARTS.length;
    const windows = PARTS.map((name, index) => {
      const from = measured.from + index * third;
      return { name, from, to: from + third };
    });
    const performance = await stage.perform(planOf(settings, speakers(settings.streams, settings, end), windows));
    return { performance, findings: standardFindings(performance, settings), trials: [] };
  },
};
