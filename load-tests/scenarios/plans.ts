import { seededRandom } from '../generator/random.js';
import { SPEAKERS, type CallerPlan, type LoadPlan, type Span, type Window } from '../generator/plan.js';
import type { Settings } from '../settings.js';

/** Milliseconds between the last measured moment and the goodbyes, so that measured frames are answered before. */
const TAIL_MS = 1_000;

/** Where the parts of a run lie, in milliseconds. */
export interface Timetable {
  readonly measured: Span;
  /** When everybody says goodbye. */
  readonly end: number;
}

export const timetableOf = ({ ramp, duration }: Settings): Timetable => {
  // What began last is heard for two seconds before it is measured: its first frame takes one.
  const from = ramp * 1000 + 2_000;
  const to = from + duration * 1000;
  return { measured: { from, to }, end: to + TAIL_MS };
};

/** The measured time in two halves: undisturbed, and disturbed. */
export const beforeAndDuring = ({ from, to }: Span): readonly [Window, Window] => {
  const middle = (from + to) / 2;
  return [
    { name: 'before', from, to: middle },
    { name: 'during', from: middle, to },
  ];
};

/** Callers at speaking speed, begun one after the other over the ramp, each somewhere else in the recordings. */
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

/** What callers of another group do. */
export interface Disturbing extends Pick<CallerPlan, 'speech' | 'span' | 'deaf'> {
  /** They dial one after the other over so many milliseconds; by default in the same moment. */
  readonly dialOver?: number;
}

/** Callers of another group. */
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
