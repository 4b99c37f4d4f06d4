import type { Milliseconds } from './units.js';

export interface LabelScore {
  readonly label: string;
  /** Calibrated probability, 0–1. */
  readonly score: number;
}

/** What the model believes about an utterance; `intent` is null when it fits none. */
export interface Verdict {
  readonly intent: string | null;
  readonly outOfScope: boolean;
  /** Probability of the leading intent. */
  readonly score: number;
  /** The leading intents, best first. */
  readonly scores: readonly LabelScore[];
}

/** How long an event took, in milliseconds. */
export interface Latency {
  /** How long its frame waited for a worker. */
  readonly queue: number;
  /** How long the frame's micro-batch ran. */
  readonly infer: number;
  /** From the arrival of the frame's last sample, or of the request that ended the utterance, to the event. */
  readonly total: number;
  /** Whether the frame came so far ahead of speaking speed that it had to yield to live callers: nobody waits for it. */
  readonly isAhead: boolean;
}

export type UtteranceEndReason = 'silence' | 'max_length' | 'finalize' | 'close';
export type GapReason = 'overload' | 'inference_failed';

export interface SpeechStarted {
  readonly kind: 'speech_started';
  readonly channel: number;
  readonly at: Milliseconds;
}

export interface IntentEvent extends Verdict {
  readonly kind: 'intent';
  readonly channel: number;
  readonly utterance: number;
  readonly status: 'tentative' | 'final';
  readonly start: Milliseconds;
  readonly end: Milliseconds;
  readonly latency: Latency;
}

export interface UtteranceEnd {
  readonly kind: 'utterance_end';
  readonly channel: number;
  readonly utterance: number;
  readonly end: Milliseconds;
  readonly reason: UtteranceEndReason;
}

/** Audio that was not classified. */
export interface Gap {
  readonly kind: 'gap';
  readonly channel: number;
  readonly start: Milliseconds;
  readonly end: Milliseconds;
  readonly reason: GapReason;
}

/** What a pipeline says about the audio of its stream, in the order of the audio. */
export type StreamEvent = SpeechStarted | IntentEvent | UtteranceEnd | Gap;
