import type { Gap, Intent, SpeechStarted, UtteranceEnd } from '../../../proto/server-messages.js';

/** One spoken request, as far as it is known. */
export interface Utterance {
  readonly number: number;
  readonly startMs: number;
  /** The newest audio that something was said about, or its end. */
  endMs: number;
  isFinal: boolean;
  /** Where its lines end: what was heard when the newest word about it was said. */
  heardMs: number;
  /** The newest word about it: an intent, or null when it fits none. */
  intent: string | null;
  score: number;
}

/** Points of the plot: seconds, then for each label its probability, or null between utterances. */
export interface Curves {
  readonly seconds: number[];
  readonly byLabel: ReadonlyMap<string, (number | null)[]>;
}

/** What is known about one channel: what its lines, bands and headline are drawn from. */
export class Track {
  readonly curves: Curves;
  readonly utterances: Utterance[] = [];
  readonly gaps: Gap[] = [];

  constructor(
    readonly channel: number,
    labels: readonly string[],
  ) {
    this.curves = { seconds: [], byLabel: new Map(labels.map((label) => [label, []])) };
  }

  speechStarted({ at_ms: startMs }: SpeechStarted): void {
    this.#point(startMs, () => null);
  }

  intent(intent: Intent): void {
    const { start_ms: startMs, end_ms: endMs, score } = intent;
    const utterance = this.#utterance(intent.utterance, startMs);
    const scores = new Map(intent.scores.map(({ label, score: share }) => [label, share]));
    this.#point(endMs, (label) => scores.get(label) ?? 0);
    const heardMs = this.curves.seconds.at(-1)! * 1000;
    Object.assign(utterance, { endMs, score, heardMs, intent: intent.intent, isFinal: intent.status === 'final' });
  }

  utteranceEnd({ utterance: number, end_ms: endMs }: UtteranceEnd): void {
    const utterance = this.utterances.find((known) => known.number === number);
    if (utterance !== undefined) utterance.endMs = endMs;
    this.#point(endMs, () => null);
  }

  gap(gap: Gap): void {
    this.gaps.push(gap);
    this.#point(gap.start_ms, () => null);
  }

  #utterance(number: number, startMs: number): Utterance {
    const known = this.utterances.find((utterance) => utterance.number === number);
    if (known !== undefined) return known;
    const fresh = { number, startMs, endMs: startMs, heardMs: startMs, isFinal: false, intent: null, score: 0 };
    this.utterances.push(fresh);
    return fresh;
  }

  /** Lines run forward: what is said about an earlier moment is drawn a hair after the newest. */
  #point(ms: number, share: (label: string) => number | null): void {
    const { seconds, byLabel } = this.curves;
    seconds.push(Math.max(ms / 1000, (seconds.at(-1) ?? -1) + 0.001));
    for (const [label, shares] of byLabel) shares.push(share(label));
  }
}
