import { FRAME_SAMPLES, durationOf, milliseconds, type Milliseconds } from '../domain/units.js';
import type { Frame } from '../domain/frame.js';
import type { Outcome } from '../domain/outcome.js';
import type { Activity } from './endpointer.js';

const FRAME_MS = durationOf(FRAME_SAMPLES);

/**
 * Where the fresh audio of a frame is speech: by the graph's speech output for the newest hop, if it has one, and by signal
 * energy for the rest (the fresh audio of a first frame is longer than a hop).
 */
export const activityOf = (frame: Frame, outcome: Outcome | null, hop: Milliseconds): Activity[] => {
  const speech = outcome?.kind === 'classified' ? outcome.speech : null;
  const byEnergy: Activity = { from: frame.freshFrom, to: frame.end, probabilities: frame.activity };
  if (speech === null) return [byEnergy];
  const hopEnd = milliseconds(frame.start + FRAME_MS);
  const newestHop: Activity = { from: milliseconds(hopEnd - hop), to: hopEnd, probabilities: speech };
  return [between(byEnergy, frame.freshFrom, newestHop.from), between(newestHop, frame.freshFrom, frame.end)].filter(
    ({ probabilities }) => probabilities.length > 0,
  );
};

/** The parts of an activity whose middles lie between two points of stream time; the last part is cut at the second point. */
const between = ({ from, to, probabilities }: Activity, first: Milliseconds, last: Milliseconds): Activity => {
  const step = (to - from) / probabilities.length;
  const indexAt = (time: number) => Math.min(Math.max(Math.round((time - from) / step), 0), probabilities.length);
  const begin = indexAt(first);
  const end = Math.max(begin, indexAt(last));
  return {
    from: milliseconds(from + begin * step),
    // The last part of a padded frame may reach into the zeros after the audio, where nobody spoke.
    to: milliseconds(Math.min(from + end * step, last)),
    probabilities: probabilities.subarray(begin, end),
  };
};
