import { stateSizeOf, type ModelCard, type Smoothing } from '../domain/model-card.js';
import type { Classified } from '../domain/outcome.js';
import { logPosterior, softmax } from '../domain/posterior.js';

/** What is believed about the utterance so far: the rolling posterior, and the state that a stateful graph carries. */
export interface Belief {
  /** State for the next frame; null for a stateless model. */
  readonly state: Float32Array | null;
  /** Probability of each label of the card; null before the first frame of the utterance. */
  readonly posterior: Float64Array | null;
  /** Takes in one classified frame, of which `freshSeconds` had not been heard before. */
  update(outcome: Classified, freshSeconds: number): void;
  /** Begins a new utterance, about which nothing is known yet. */
  reset(): void;
}

/** The belief that suits a model: accumulated over frames for a stateless graph, the graph's own for a stateful one. */
export const createBelief = (card: ModelCard): Belief =>
  card.stateShape === null
    ? new AccumulatedBelief(card.temperature, card.smoothing ?? { weight: 1, decay: 1 })
    : new CarriedBelief(card.temperature, stateSizeOf(card));

/** Log-posteriors add up over the frames (naive Bayes over time), each weighted by the seconds that were new in it. */
class AccumulatedBelief implements Belief {
  readonly state = null;
  private sum: Float64Array | null = null;

  constructor(
    private readonly temperature: number,
    private readonly smoothing: Smoothing,
  ) {}

  get posterior(): Float64Array | null {
    return this.sum && softmax(this.sum);
  }

  update(outcome: Classified, freshSeconds: number): void {
    const { weight, decay } = this.smoothing;
    const before = this.sum;
    this.sum = logPosterior(outcome.logits, this.temperature).map(
      (score, index) => decay * (before?.[index] ?? 0) + weight * freshSeconds * score,
    );
  }

  reset(): void {
    this.sum = null;
  }
}

/** A stateful graph's own logits are about the utterance so far, which its state sums up. */
class CarriedBelief implements Belief {
  state: Float32Array;
  posterior: Float64Array | null = null;

  constructor(
    private readonly temperature: number,
    private readonly stateSize: number,
  ) {
    this.state = new Float32Array(stateSize);
  }

  update(outcome: Classified): void {
    this.posterior = softmax(outcome.logits, this.temperature);
    if (outcome.nextState) this.state = outcome.nextState;
  }

  reset(): void {
    this.posterior = null;
    this.state = new Float32Array(this.stateSize);
  }
}
