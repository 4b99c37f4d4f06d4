import { percentileMs } from '../generator/histogram.js';
import type { Split } from '../generator/observations.js';
import { FRAMING, Pacing } from '../generator/pacing.js';
import type { Window } from '../generator/plan.js';
import type { Settings } from '../settings.js';
import { atMost, standardFindings, told } from './finding.js';
import { planOf, speakers, timetableOf } from './plans.js';
import type { Scenario } from './scenario.js';

/** Of the hop between the first frame and the next, the share that dialling may take. */
const DIALLING_SHARE = 0.7;

/** A window with the first frame only: that frame is due with the chunk that ends a second of speech, the next one a hop later. */
export const firstFrameWindow = ({ hop, chunkMs }: Pick<Settings, 'hop' | 'chunkMs'>): Window => {
  const due = new Pacing(0, chunkMs).dueOfAudio(FRAMING.frameMs);
  return { name: 'first frame', from: 0, to: due + DIALLING_SHARE * (hop ?? FRAMING.hopMs) };
};
const MOST_RATIO = 1.5;

export const first: Scenario = {
  name: 'first',
  question: 'Does the first frame after the server is ready take longer than any other?',
  presets: { streams: 1, ramp: 0, duration: 20 },
  isOfFreshServer: true,
  run: async (stage, settings) => {
    const { measured, end } = timetableOf(settings);
    const windows = [firstFrameWindow(settings), { name: 'steady', ...measured }];
    // All callers begin at the same time, and at the beginning of the recordings.
    const callers = speakers(settings.streams, { ...settings, ramp: 0 }, end).map((each) => ({ ...each, phase: 0 }));
    const performance = await stage.perform(planOf(settings, callers, windows));
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

const medianOf = ({ latency }: Split): number => percentileMs(latency, 50);
