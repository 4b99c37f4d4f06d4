import { ENCODINGS } from '../../proto/wire.js';
import { TRANSPORTS, type CallerPlan } from '../generator/plan.js';
import { standardFindings, told } from './finding.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario } from './scenario.js';

export const mixed: Scenario = {
  name: 'mixed',
  question: 'Does a server hold streams of every encoding, transport and model side by side?',
  presets: { streams: 48, ramp: 10, duration: 60 },
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const models = await stage.models();
    const callers = speakers(settings.streams, settings, end).map(oneOfEach(models));
    const performance = await stage.perform(planOf(settings, callers, [{ name: 'mixed', ...measured }]));
    const findings = [...standardFindings(performance, settings), told('models', models.length, '')];
    return { performance, findings, trials: [] };
  },
};

/** Gives the callers every combination of transport, encoding and model in turn. */
const oneOfEach =
  (models: readonly string[]) =>
  (caller: CallerPlan, index: number): CallerPlan => {
    const combination = Math.floor(index / TRANSPORTS.length);
    return {
      ...caller,
      transport: TRANSPORTS[index % TRANSPORTS.length]!,
      encoding: ENCODINGS[combination % ENCODINGS.length]!,
      model: models[Math.floor(combination / ENCODINGS.length) % models.length] ?? caller.model,
    };
  };
