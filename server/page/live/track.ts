import type { Gap, Intent, SpeechStarted, UtteranceEnd } from '../../../proto/server-messages.js';

/** What is known about one utterance so far. */
export interface Utterance {
  readonly number: number;
  readonly startMs: number;
  /** Stream time of the newest event about the utterance, or of its end. */
  endMs: number;
  isFinal: boolean;
  /** Stream time at which its lines end, which is that of its newest point in the plot. */
  heardMs: number;
  /** The newest intent announced, tentative or final; null when the utterance fits none. */
  intent: string | null;
  score: number;
}

/** The points of the plot: stream time in seconds, and for each label its probability, or null between utterances. */
export interface Curves {
  readonly seconds: number[];
  readonly byLabel: ReadonlyMap<string, (number | null)[]>;
}

/** What is known about one channel; its lines, bands and headline are drawn from this. */
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
    const last = this.gaps.at(-1);
    // Gaps of successive hops are shown as one gap.
    const isSame = last?.reason === gap.reason && gap.start_ms <= last.end_ms;
    if (isSame) this.gaps[this.gaps.length - 1] = { ...last, end_ms: gap.end_ms };
    else this.gaps.push(gap);
    this.#point(gap.start_ms, () => null);
  }

  #utterance(number: number, startMs: number): Utterance {
    const known = this.utterances.find((utterance) => utterance.number === number);
    if (known !== undefined) return known;
    const fresh = { number, startMs, endMs: startMs, heardMs: startMs, isFinal: false, intent: null, score: 0 };
    this.utterances.push(fresh);
    return fresh;
  }

  /** Adds a point to all lines. Lines only run forward: a point for an earlier time is put 1 ms after the newest. */
  #point(ms: number, share: (label: string) => number | null): void {
    const { seconds, byLabel } = this.curves;
    seconds.push(Math.max(ms / 1000, (seconds.at(-1) ?? -1) + 0.001));
    for (const [label, shares] of byLabel) shares.push(share(label));
  }
}
