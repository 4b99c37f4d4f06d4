import type { UtteranceEndReason } from '../domain/stream-event.js';
import type { Endpointing } from '../domain/stream-settings.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';

/** An utterance begins with at least this much unbroken speech; a click or a breath is shorter. */
const ONSET_MS = 100;
const SPEECH_PROBABILITY = 0.5;

/** Probabilities of speech in n equal parts of the stream time from `from` to `to`. */
export interface Activity {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly probabilities: Float32Array;
}

/** Where an utterance begins or ends, in stream time. */
export type Boundary =
  | { readonly kind: 'began'; readonly at: Milliseconds }
  | { readonly kind: 'ended'; readonly at: Milliseconds; readonly reason: UtteranceEndReason };

/** Decides where utterances begin and end on one channel, from the activity it is pushed in stream order. */
export class Endpointer {
  private began: Milliseconds | null = null;
  private runFrom: number | null = null;
  private lastSpeech = 0;

  constructor(private settings: Endpointing) {}

  /** Applies from the next activity on. */
  configure(settings: Endpointing): void {
    this.settings = settings;
  }

  /** Stream time at which the open utterance began; null between utterances. */
  get openSince(): Milliseconds | null {
    return this.began;
  }

  /** Whether no utterance is open, and no speech has been heard that may become one. */
  get isIdle(): boolean {
    return this.began === null && this.runFrom === null;
  }

  push({ from, to, probabilities }: Activity): Boundary[] {
    const boundaries: Boundary[] = [];
    const step = (to - from) / probabilities.length;
    for (let index = 0; index < probabilities.length; index++) {
      const start = from + index * step;
      const boundary = this.hear(probabilities[index]! >= SPEECH_PROBABILITY, start, start + step);
      if (boundary) boundaries.push(boundary);
    }
    return boundaries;
  }

  /** Ends the open utterance, if there is one, at `at`. */
  cut(at: Milliseconds, reason: UtteranceEndReason): Boundary | null {
    this.runFrom = null;
    return this.began === null ? null : this.end(at, reason);
  }

  private hear(isSpeech: boolean, start: number, end: number): Boundary | null {
    if (isSpeech) this.lastSpeech = end;
    return this.began === null ? this.listenForOnset(isSpeech, start, end) : this.listenForEnd(this.began, end);
  }

  private listenForOnset(isSpeech: boolean, start: number, end: number): Boundary | null {
    this.runFrom = isSpeech ? (this.runFrom ?? start) : null;
    if (this.runFrom === null || end - this.runFrom < ONSET_MS) return null;
    this.began = milliseconds(Math.round(this.runFrom));
    this.runFrom = null;
    return { kind: 'began', at: this.began };
  }

  private listenForEnd(began: number, end: number): Boundary | null {
    if (end - this.lastSpeech >= this.settings.silence) return this.end(this.lastSpeech, 'silence');
    if (end - began >= this.settings.maxUtterance) return this.end(end, 'max_length');
    return null;
  }

  private end(at: number, reason: UtteranceEndReason): Boundary {
    this.began = null;
    return { kind: 'ended', at: milliseconds(Math.round(at)), reason };
  }
}
