import type { ModelCard } from './model-card.js';
import type { LabelScore, Verdict } from './stream-event.js';

/** log(softmax(logits / temperature)), numerically stable. */
export const logPosterior = (logits: Float32Array, temperature: number): Float64Array => {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  const top = scaled.reduce((most, value) => Math.max(most, value), -Infinity);
  const logSum = top + Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return scaled.map((value) => value - logSum);
};

/** Probabilities, which add up to 1, from unnormalised log-probabilities. */
export const posteriorOf = (logScores: Float64Array): Float64Array => {
  const top = logScores.reduce((most, value) => Math.max(most, value), -Infinity);
  const exponentials = logScores.map((value) => Math.exp(value - top));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
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
export const verdictOf = (posterior: Float64Array, card: ModelCard, options: VerdictOptions): Verdict => {
  const ranked: LabelScore[] = card.labels
    .map((label, index) => ({ label, score: posterior[index] ?? 0 }))
    .sort((a, b) => b.score - a.score);
  const intents = ranked.filter(({ label }) => !card.background.has(label));
  const [best] = intents;
  const threshold = options.threshold ?? card.outOfScopeThreshold;
  const isInScope = best !== undefined && best === ranked[0] && best.score >= threshold;
  return {
    intent: isInScope ? best.label : null,
    outOfScope: !isInScope,
    score: best?.score ?? 0,
    scores: intents.slice(0, options.topK),
  };
};

/** The verdict on an utterance of which no frame could be classified. */
export const UNHEARD: Verdict = { intent: null, outOfScope: false, score: 0, scores: [] };
