import { play, type HeardIntent } from './bench-client.js';
import { oneUtterance, type Ingress } from './ingress.js';

/** What a server answered to every frame of one sample utterance. */
export interface Answers {
  readonly frames: number;
  readonly intents: readonly HeardIntent[];
}

/**
 * How much a score may differ from ours: pass-bands of resamplers end at different frequencies, and fp32 sums depend on their order.
 * For comparison, scores of different frames of the sample call differ by up to 0.9.
 */
export const SCORE_TOLERANCE = 0.002;

export const answersOf = (url: string, model: string, ingress: Ingress): Promise<Answers> =>
  play({ url, model, ingress, audio: oneUtterance(ingress), spokenAfterMs: null });

/** The first frame for which a rival's answer differs from ours, as a text; null if all answers agree. */
export const differenceOf = (ours: Answers, theirs: Answers): string | null => {
  if (theirs.frames !== ours.frames) return `${theirs.frames} frames, not ${ours.frames}`;
  const theirsAt = new Map(theirs.intents.map(({ endMs, scores }) => [endMs, scores]));
  for (const { endMs, scores } of ours.intents) {
    const problem = problemAt(scores, theirsAt.get(endMs));
    if (problem) return `${problem} at ${endMs} ms`;
  }
  return ours.intents.length > 0 ? null : 'nothing was said to compare';
};

type Scores = HeardIntent['scores'];

const problemAt = (ours: Scores, theirs: Scores = []): string | null => {
  const last = theirs.at(-1);
  if (!last) return 'nothing';
  // A label that is not in their list scores at most as much as the last label that is.
  const scoreFor = ({ label, score }: Scores[number]) => scoreOf(theirs, label) ?? Math.min(score, last.score);
  const far = ours.find((each) => Math.abs(scoreFor(each) - each.score) > SCORE_TOLERANCE);
  if (far) return `${far.label} ${scoreFor(far)}, not ${far.score}`;
  // Two labels may change places only if their scores are practically equal.
  const [best, theirBest] = [ours[0], theirs[0]];
  const isTied = best && theirBest && Math.abs(best.score - theirBest.score) <= SCORE_TOLERANCE;
  return best?.label === theirBest?.label || isTied ? null : `${theirBest?.label}, not ${best?.label}`;
};

const scoreOf = (scores: Scores, wanted: string): number | undefined =>
  scores.find(({ label }) => label === wanted)?.score;
