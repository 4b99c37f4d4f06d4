import { seededRandom } from '../generator/random.js';
import { SPEAKERS, type CallerPlan, type LoadPlan, type Span, type Window } from '../generator/plan.js';
import type { Settings } from '../settings.js';

/** Milliseconds from the end of the measured time until the callers hang up, so that measured frames are answered before. */
const TAIL_MS = 1_000;

/** The parts of a run, in milliseconds after its start. */
export interface Timetable {
  readonly measured: Span;
  /** When all callers hang up. */
  readonly end: number;
}

export const timetableOf = ({ ramp, duration }: Settings): Timetable => {
  // The last caller speaks for two seconds before the measured time begins; its first frame takes one of them.
  const from = ramp * 1000 + 2_000;
  const to = from + duration * 1000;
  return { measured: { from, to }, end: to + TAIL_MS };
};

/** The measured time in two halves: before the disturbance, and during it. */
export const beforeAndDuring = ({ from, to }: Span): readonly [Window, Window] => {
  const middle = (from + to) / 2;
  return [
    { name: 'before', from, to: middle },
    { name: 'during', from: middle, to },
  ];
};

/** Callers at speaking speed, who begin one after the other over the ramp, each at a different point of the recordings. */
export const speakers = (count: number, settings: Settings, end: number): CallerPlan[] => {
  const random = seededRandom(settings.seed);
  return Array.from({ length: count }, (_, index) => ({
    group: SPEAKERS,
    transport: settings.transport,
    encoding: settings.encoding,
    model: settings.model,
    span: { from: ((index + random()) / count) * settings.ramp * 1000, to: end },
    speech: 'paced',
    phase: random(),
  }));
};

/** What disturbing callers do. */
export interface Disturbing extends Pick<CallerPlan, 'speech' | 'span' | 'deaf'> {
  /** They dial one after the other over this many milliseconds; by default all at the same moment. */
  readonly dialOver?: number;
}

/** Disturbing callers, in a group of their own. */
export const disturbers = (group: string, settings: Settings, { dialOver = 0, ...shape }: Disturbing): CallerPlan[] => {
  const random = seededRandom(settings.seed + 1);
  const { transport, encoding, model, streams } = settings;
  return Array.from({ length: streams }, (_, index) => {
    const span = { ...shape.span, from: shape.span.from + (index / streams) * dialOver };
    return { group, transport, encoding, model, phase: random(), ...shape, span };
  });
};

export const planOf = (settings: Settings, callers: readonly CallerPlan[], windows: readonly Window[]): LoadPlan => ({
  callers,
  windows,
  chunkMs: settings.chunkMs,
  hopMs: settings.hop,
  topK: settings.topK,
});
