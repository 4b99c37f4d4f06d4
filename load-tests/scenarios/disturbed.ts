import type { Performance } from '../generator/stage.js';
import type { Settings } from '../settings.js';
import { grownBytes } from '../server/sampler.js';
import { atMost, readyFindings, shiftOf, standardFindings, told, type Finding } from './finding.js';
import {
  beforeAndDuring,
  disturbers,
  planOf,
  speakers,
  timetableOf,
  type Disturbing,
  type Timetable,
} from './plans.js';
import type { Scenario } from './scenario.js';

interface Disturbance extends Pick<Scenario, 'name' | 'question' | 'presets'> {
  readonly group: string;
  /** What the disturbing callers do; they disturb from the middle of the measured time on. */
  readonly shape: (timetable: Timetable, middle: number) => Disturbing;
  /** The findings that this scenario adds to the standard ones. */
  readonly findings: (performance: Performance, settings: Settings) => Finding[];
}

/** A scenario that measures speakers in one run, first undisturbed and then while other callers disturb them. */
const disturbed = ({ group, shape, findings, ...scenario }: Disturbance): Scenario => ({
  ...scenario,
  run: async (stage, settings) => {
    const timetable = timetableOf(settings);
    const windows = beforeAndDuring(timetable.measured);
    const callers = [
      ...speakers(settings.speakers, settings, timetable.end),
      ...disturbers(group, settings, shape(timetable, windows[1].from)),
    ];
    const performance = await stage.perform(planOf(settings, callers, windows));
    return {
      performance,
      findings: [...standardFindings(performance, settings), ...findings(performance, settings)],
      trials: [],
    };
  },
});

const MOST_SHIFT_PERCENT = 20;
const MOST_IDLE_KIB = 100;
/**
 * Fewer idle streams tell nothing: while they come, the server's memory grows by tens of MiB for reasons of its own, such as the code
 * that V8 compiles.
 */
const FEWEST_IDLE = 1_000;

export const burst = disturbed({
  name: 'burst',
  question: 'When a thousand callers dial at once, how soon is each ready, and do those who are speaking notice?',
  presets: { streams: 1000, ramp: 5, duration: 30 },
  group: 'burst',
  shape: ({ end }, middle) => ({ speech: 'silent', span: { from: middle, to: end } }),
  findings: ({ observations }) => [
    told("the others' p99 moved by", shiftOf(observations), '%'),
    ...readyFindings(observations, 'burst'),
  ],
});

export const greedy = disturbed({
  name: 'greedy',
  question: "By how much does one client that sends as fast as it can move the others' p99?",
  presets: { streams: 1, ramp: 5, duration: 60 },
  group: 'greedy',
  shape: ({ measured }, middle) => ({ speech: 'flat-out', span: { from: middle, to: measured.to } }),
  findings: ({ observations }) => [
    atMost("the others' p99 moved by", shiftOf(observations), '%', MOST_SHIFT_PERCENT),
    told('frames of the greedy', framesOfGroup(observations.calls, 'greedy'), ''),
  ],
});

export const slowReaders = disturbed({
  name: 'slow-readers',
  question: 'Do callers that stop reading slow the others down, fill the server, or lose what was said to them?',
  presets: { streams: 50, ramp: 5, duration: 60 },
  group: 'slow readers',
  shape: ({ measured, end }, middle) => ({
    speech: 'paced',
    span: { from: measured.from, to: end },
    deaf: { from: middle, to: measured.to },
  }),
  findings: (performance) => [
    told("the others' p99 moved by", shiftOf(performance.observations), '%'),
    told('server memory grew by', grownMeanwhile(performance) / 2 ** 20, 'MiB'),
  ],
});

export const idle = disturbed({
  name: 'idle',
  question: 'How much memory does a stream take that says nothing, and do thousands of them stay?',
  presets: { streams: 5000, ramp: 5, duration: 120 },
  group: 'idle',
  shape: ({ measured, end }, middle) => ({
    speech: 'silent',
    span: { from: middle, to: end },
    dialOver: (measured.to - middle) / 2,
  }),
  findings: (performance, { streams }) => [
    streams < FEWEST_IDLE
      ? told(`server memory of an idle stream (fewer than ${FEWEST_IDLE} tell nothing)`, NaN, 'KiB')
      : atMost('server memory of an idle stream', grownMeanwhile(performance) / 1024 / streams, 'KiB', MOST_IDLE_KIB),
    told("the others' p99 moved by", shiftOf(performance.observations), '%'),
    ...readyFindings(performance.observations, 'idle'),
  ],
});

const framesOfGroup = (calls: readonly { group: string; sent: number }[], wanted: string): number =>
  calls.filter(({ group }) => group === wanted).reduce((sum, { sent }) => sum + sent, 0);

/** By how many bytes the server's memory grew from the end of the first window to the end of the second. */
const grownMeanwhile = ({ observations, server }: Performance): number =>
  grownBytes(server, observations.plan.windows[1]!);
