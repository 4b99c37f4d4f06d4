import type { Frame } from '../domain/frame.js';
import type { ModelCard } from '../domain/model-card.js';
import { AHEAD_MS, type Classified, type Classify, type Outcome } from '../domain/outcome.js';
import { UNHEARD, verdictOf } from '../domain/posterior.js';
import type { Gap, IntentEvent, Latency, StreamEvent } from '../domain/stream-event.js';
import type { Announcing } from '../domain/stream-settings.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import { activityOf } from './activity.js';
import { createBelief } from './belief.js';
import { Endpointer, type Boundary } from './endpointer.js';
import { Pace } from './pace.js';
import type { Cut } from './stream-input.js';

/** How long speech may last before it is noticed; shorter than any silence that ends an utterance. */
const ONSET_MARGIN_MS = 200;
/** Speech is always louder than this; below it are digital silence and a telephone's comfort noise. */
const SILENCE_DBFS = -65;
/** How much audio of a live caller may arrive at once after a network, or the server itself, has stalled. */
const HELD_BACK_MS = 10_000;

export interface UtteranceTrackOptions {
  readonly channel: number;
  readonly card: ModelCard;
  readonly hop: Milliseconds;
  readonly announcing: Announcing;
  readonly classify: Classify;
  /** Whose stream it is: see `Turn`. */
  readonly tenant: string;
  readonly now: () => number;
}

/** Turns the outcomes of one channel's frames, in order, into the events about its utterances. */
export class UtteranceTrack {
  private readonly belief;
  private readonly endpointer;
  private announcing: Announcing;
  private utterance = 0;
  private start = milliseconds(0);
  private heardTo = 0;
  private underWay = 0;
  private readonly asked = new Pace();
  private readonly answered = new Pace(HELD_BACK_MS);
  /** Whether the newest answered frame came from a caller that sends faster than speaking speed. */
  private isAhead = false;

  constructor(private readonly options: UtteranceTrackOptions) {
    this.announcing = options.announcing;
    this.belief = createBelief(options.card);
    this.endpointer = new Endpointer(options.announcing.endpointing);
  }

  /** Stream time before which the audio can no longer affect any future event. */
  get settledTo(): number {
    return Math.max(0, (this.endpointer.openSince ?? this.heardTo) - ONSET_MARGIN_MS);
  }

  configure(announcing: Announcing): void {
    this.announcing = announcing;
    this.endpointer.configure(announcing.endpointing);
  }

  /** Classifies the channel's next frame; null where it is silence between utterances, which needs no model. */
  classify(frame: Frame): Promise<Outcome> | null {
    const { samples, loudestDbfs } = frame;
    const { classify, tenant, hop } = this.options;
    const liveAt = this.asked.next(frame);
    if (loudestDbfs < SILENCE_DBFS && this.endpointer.isIdle && this.underWay === 0) return null;
    this.underWay += 1;
    return classify(samples, this.belief.state, { tenant, liveAt, dueAt: liveAt + hop });
  }

  /** Takes in the outcome of the channel's next frame; null where it was silence. */
  hear(frame: Frame, outcome: Outcome | null): readonly StreamEvent[] {
    if (outcome !== null) this.underWay -= 1;
    const wasOpen = this.endpointer.openSince !== null;
    this.heardTo = frame.end;
    this.isAhead = this.answered.next(frame) > frame.arrivedAt + AHEAD_MS;
    const boundaries: Boundary[] = [];
    for (const part of activityOf(frame, outcome, this.options.hop)) boundaries.push(...this.endpointer.push(part));
    const classified = outcome?.kind === 'classified' ? outcome : null;
    // A frame counts for the utterance that was open when it came, else for the one that began in it.
    if (classified && (wasOpen || boundaries.length > 0)) this.learn(frame, classified);
    const latency = this.latencyOf(frame.arrivedAt, classified);
    const events: StreamEvent[] = [];
    for (const boundary of boundaries) events.push(...this.announce(boundary, latency));
    if (outcome !== null && outcome.kind !== 'classified') return [...gapsOf(frame, outcome), ...events];
    if (this.isWorthTelling()) events.push(this.intent('tentative', frame.end, latency));
    return events;
  }

  /** The caller itself ends the open utterance, if there is one. */
  cut({ at, reason, arrivedAt }: Cut): readonly StreamEvent[] {
    const boundary = this.endpointer.cut(at, reason);
    return boundary ? this.announce(boundary, this.latencyOf(arrivedAt, null)) : [];
  }

  private learn(frame: Frame, outcome: Classified): void {
    this.belief.update(outcome, (frame.end - frame.freshFrom) / 1000);
  }

  private isWorthTelling(): boolean {
    return this.announcing.interim && this.endpointer.openSince !== null && this.belief.posterior !== null;
  }

  private announce(boundary: Boundary, latency: Latency): StreamEvent[] {
    const { channel } = this.options;
    if (boundary.kind === 'began') {
      this.start = boundary.at;
      return [{ kind: 'speech_started', channel, at: boundary.at }];
    }
    const { at: end, reason } = boundary;
    const final = this.intent('final', end, latency);
    const utterance = this.utterance++;
    this.belief.reset();
    return [final, { kind: 'utterance_end', channel, utterance, end, reason }];
  }

  private intent(status: IntentEvent['status'], end: Milliseconds, latency: Latency): IntentEvent {
    const { channel, card } = this.options;
    const { posterior } = this.belief;
    const verdict = posterior ? verdictOf(posterior, card, this.announcing) : UNHEARD;
    // Without spreading, as in to-wire.ts: this is made for every frame.
    const { intent, outOfScope, score, scores } = verdict;
    return {
      kind: 'intent',
      channel,
      utterance: this.utterance,
      status,
      start: this.start,
      end,
      intent,
      outOfScope,
      score,
      scores,
      latency,
    };
  }

  private latencyOf(arrivedAt: number, outcome: Classified | null): Latency {
    const total = this.options.now() - arrivedAt;
    return { queue: outcome?.queueMs ?? 0, infer: outcome?.inferMs ?? 0, total, isAhead: this.isAhead };
  }
}

/** The gap that an unclassified frame leaves; none where its fresh audio rounds to 0 ms. */
const gapsOf = ({ channel, freshFrom: start, end }: Frame, { kind }: Exclude<Outcome, Classified>): Gap[] =>
  start === end
    ? []
    : [{ kind: 'gap', channel, start, end, reason: kind === 'shed' ? 'overload' : 'inference_failed' }];
