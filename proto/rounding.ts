import type { ClassifyResponse } from './one-shot-messages.js';
import type { Intent, LabelScore, ServerMessage, Verdict } from './server-messages.js';

const SCORE_STEPS = 1e6;
const LATENCY_STEPS = 1e3;

const toStep = (value: number, steps: number): number => Math.round(value * steps) / steps;
/** A probability as every wire carries it. */
export const score = (value: number): number => toStep(value, SCORE_STEPS);
/** A latency in milliseconds as every wire carries it. */
export const milliseconds = (value: number): number => toStep(value, LATENCY_STEPS);

const roundedVerdict = <T extends Verdict>(verdict: T): T => ({
  ...verdict,
  score: score(verdict.score),
  scores: verdict.scores.map((entry): LabelScore => ({ label: entry.label, score: score(entry.score) })),
});

const roundedLatency = ({ queue, infer, total }: Intent['latency_ms']): Intent['latency_ms'] => ({
  queue: milliseconds(queue),
  infer: milliseconds(infer),
  total: milliseconds(total),
});

/** Rounds a message as every wire carries it: probabilities to six decimals, latencies to microseconds. Scores keep their order. */
export const rounded = (message: ServerMessage): ServerMessage =>
  message.type === 'intent' ? { ...roundedVerdict(message), latency_ms: roundedLatency(message.latency_ms) } : message;

/** Rounds the response of a one-shot classification in the same way. */
export const roundedResponse = (response: ClassifyResponse): ClassifyResponse => ({
  ...roundedVerdict(response),
  utterances: response.utterances.map(roundedVerdict),
});
