import type { ModelCard } from './model-card.js';
import type { LabelScore, Verdict } from './stream-event.js';

// These run for every frame: plain loops take a third of the time of `map` and `reduce` with their closures.

/** log(softmax(logits / temperature)), numerically stable. */
export const logPosterior = (logits: Float32Array, temperature: number): Float64Array => {
  const scores = scaled(logits, temperature);
  const top = greatest(scores);
  let sum = 0;
  for (let label = 0; label < scores.length; label++) sum += Math.exp(scores[label]! - top);
  const logSum = top + Math.log(sum);
  for (let label = 0; label < scores.length; label++) scores[label]! -= logSum;
  return scores;
};

/** softmax(logScores / temperature): probabilities, which add up to 1, from unnormalised log-probabilities. */
export const softmax = (logScores: Float32Array | Float64Array, temperature = 1): Float64Array => {
  const scores = scaled(logScores, temperature);
  const top = greatest(scores);
  let sum = 0;
  for (let label = 0; label < scores.length; label++) sum += scores[label] = Math.exp(scores[label]! - top);
  for (let label = 0; label < scores.length; label++) scores[label]! /= sum;
  return scores;
};

const scaled = (scores: Float32Array | Float64Array, temperature: number): Float64Array => {
  const result = new Float64Array(scores.length);
  for (let label = 0; label < scores.length; label++) result[label] = scores[label]! / temperature;
  return result;
};

const greatest = (scores: Float64Array): number => {
  let most = -Infinity;
  for (let label = 0; label < scores.length; label++) most = Math.max(most, scores[label]!);
  return most;
};

/** How a posterior is announced. */
export interface VerdictOptions {
  readonly topK: number;
  /** Replaces the card's out-of-scope threshold; null keeps it. */
  readonly threshold: number | null;
}

/**
 * The verdict of a posterior over all labels of a card. Its scores are those of intents, best first; its intent is null where
 * a background label leads or the best intent is less probable than the threshold.
 */
export const verdictOf = (posterior: Float64Array, card: ModelCard, { topK, threshold }: VerdictOptions): Verdict => {
  const scores: LabelScore[] = [];
  let leader = '';
  let most = -Infinity;
  for (let index = 0; index < card.labels.length; index++) {
    const label = card.labels[index]!;
    const score = posterior[index] ?? 0;
    if (score > most) [leader, most] = [label, score];
    if (!card.background.has(label)) insert(scores, { label, score }, topK);
  }
  const best = scores[0];
  const isInScope = best?.label === leader && best.score >= (threshold ?? card.outOfScopeThreshold);
  return {
    intent: isInScope ? best.label : null,
    outOfScope: !isInScope,
    score: best?.score ?? 0,
    scores,
  };
};

/** Puts an entry where it belongs among at most `most` entries, the best first; of equals the earlier one stays in front. */
const insert = (ranked: LabelScore[], entry: LabelScore, most: number): void => {
  let place = ranked.length;
  while (place > 0 && ranked[place - 1]!.score < entry.score) place--;
  if (place >= most) return;
  if (ranked.length === most) ranked.pop();
  ranked.splice(place, 0, entry);
};

/** The verdict on an utterance of which no frame could be classified. */
export const UNHEARD: Verdict = { intent: null, outOfScope: false, score: 0, scores: [] };
