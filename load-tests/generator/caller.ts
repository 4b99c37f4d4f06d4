import type { Clock } from '../../server/domain/clock.js';
import type { Ready, ServerMessage } from '../../proto/wire.js';
import type { CallRecord } from './call-record.js';
import type { Connection, Listener } from './connection.js';
import { FrameLedger, type FrameAnswer } from './frame-ledger.js';
import { endOfFrame, framesIn, Pacing, type Framing } from './pacing.js';
import type { CallerPlan } from './plan.js';
import { messageAt, rateOf, type Tape } from './tape.js';
import type { Timed, TimerWheel } from './timer-wheel.js';

/** What the callers of a thread share. */
export interface Desk {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly chunkMs: number;
  readonly hopMs: number | null;
  readonly topK: number;
  tapeFor(plan: CallerPlan): Tape;
  connect(plan: CallerPlan, listener: Listener): Connection;
  /** A chunk that was due at `due` was handed to the socket at `at`. */
  sent(plan: CallerPlan, due: number, at: number): void;
  /** A frame whose last sample was due at `due` has been answered. */
  answered(plan: CallerPlan, due: number, answer: FrameAnswer): void;
  opened(plan: CallerPlan): void;
  ended(plan: CallerPlan, record: CallRecord): void;
}

const KEEPALIVE_MS = 10_000;
const READY_PATIENCE_MS = 15_000;
/** Long, because the server needs time for what a flat-out caller has sent ahead. */
const CLOSED_PATIENCE_MS = 60_000;
/** How often a flat-out caller checks whether it can send more, and how many chunks it then sends at most. */
const EAGER_MS = 1;
const EAGER_CHUNKS = 64;

type Phase = 'waiting' | 'dialling' | 'speaking' | 'closing' | 'over';

/** One virtual caller, for one call. All times are on the desk's clock; `plan.span` counts from `origin`. */
export class Caller implements Timed, Listener {
  due: number;
  private phase: Phase = 'waiting';
  private connection: Connection | null = null;
  private dialledAt = 0;
  private readyMs: number | null = null;
  private framing: Framing = { frameMs: 1000, hopMs: 500 };
  private ledger = new FrameLedger(this.framing);
  private pacing: Pacing;
  private readonly tape: Tape;
  private readonly firstMessage: number;
  private chunks = 0;
  private hangUpAt: number;
  private utterances = 0;
  private isDeaf = false;
  private complaint: string | null = null;
  private wasClosed = false;

  constructor(
    private readonly plan: CallerPlan,
    private readonly origin: number,
    private readonly desk: Desk,
  ) {
    this.due = origin + plan.span.from;
    this.hangUpAt = origin + plan.span.to;
    this.pacing = new Pacing(this.due, desk.chunkMs);
    this.tape = desk.tapeFor(plan);
    this.firstMessage = Math.floor(plan.phase * this.tape.messages);
    desk.wheel.add(this);
  }

  fire(now: number): void {
    if (this.phase === 'waiting') this.dial(now);
    else if (this.phase === 'speaking') this.goOn(now);
  }

  opened(): void {
    const { encoding, model } = this.plan;
    const { hopMs, topK } = this.desk;
    this.connection!.say({
      type: 'start',
      audio: { encoding, sample_rate: rateOf(encoding) },
      receipts: this.plan.speech !== 'silent',
      top_k: topK,
      ...(model === null ? {} : { model }),
      ...(hopMs === null ? {} : { hop_ms: hopMs }),
    });
  }

  heard(message: ServerMessage): void {
    const now = this.desk.clock.now();
    switch (message.type) {
      case 'ready':
        return this.begin(message, now);
      case 'closed':
        this.wasClosed = true;
        this.utterances = message.utterances;
        return;
      case 'error':
        this.complaint = `${message.code}: ${message.message}`;
        return;
      default:
        return this.note(message, now);
    }
  }

  ended(problem: string | null): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    const sent = framesIn(this.framing, this.chunks * this.desk.chunkMs);
    const { answered, gapped } = this.ledger;
    this.desk.ended(this.plan, {
      group: this.plan.group,
      readyMs: this.readyMs,
      sent,
      answered,
      gapped,
      lost: sent - answered - gapped,
      utterances: this.utterances,
      problem: this.wasClosed ? null : (this.complaint ?? problem ?? 'the stream ended without closed'),
    });
  }

  private dial(now: number): void {
    this.phase = 'dialling';
    this.dialledAt = now;
    this.connection = this.desk.connect(this.plan, this);
    this.giveUpAfter(READY_PATIENCE_MS, 'dialling', 'no ready came');
  }

  private begin({ model }: Ready, now: number): void {
    this.readyMs = now - this.dialledAt;
    this.phase = 'speaking';
    this.desk.opened(this.plan);
    this.framing = { frameMs: model.frame_ms, hopMs: model.hop_ms };
    this.ledger = new FrameLedger(this.framing);
    const { callMs, phase, speech } = this.plan;
    const start = now + (speech === 'paced' ? phase * model.hop_ms : 0);
    this.pacing = new Pacing(start, this.desk.chunkMs);
    if (callMs !== undefined) this.hangUpAt = Math.min(this.hangUpAt, start + callMs);
    this.wakeAt(start);
  }

  private note(message: ServerMessage, now: number): void {
    // When all frames are settled, further receipts (after `close`) are not about a frame.
    if (this.ledger.settled >= framesIn(this.framing, this.chunks * this.desk.chunkMs)) return;
    const answer = this.ledger.hear(message, now);
    if (answer === null || this.plan.speech !== 'paced' || !this.wasCutInTime(answer.frame)) return;
    this.desk.answered(this.plan, this.pacing.dueOfAudio(endOfFrame(this.framing, answer.frame)), answer);
  }

  /** Whether the server could cut a frame as soon as its audio had come: one at the very end may have to wait for `close`. */
  private wasCutInTime(frame: number): boolean {
    const sentMs = this.chunks * this.desk.chunkMs;
    return this.phase === 'speaking' || (this.phase === 'closing' && endOfFrame(this.framing, frame) < sentMs);
  }

  private goOn(now: number): void {
    this.listenOrNot(now - this.origin);
    if (this.plan.speech === 'paced') this.speak(now);
    if (now >= this.hangUpAt) return this.hangUp();
    switch (this.plan.speech) {
      case 'paced':
        return this.wakeAt(Math.min(this.nextDue, this.hangUpAt));
      case 'silent':
        this.connection!.say({ type: 'keepalive' });
        return this.wakeAt(Math.min(now + KEEPALIVE_MS, this.hangUpAt));
      case 'flat-out':
        for (let count = 0; count < EAGER_CHUNKS && !this.connection!.isFull; count++) this.sendNext();
        return this.wakeAt(now + EAGER_MS);
    }
  }

  /** Sends every chunk that is due by now; after a stall these may be several. */
  private speak(now: number): void {
    for (let due = this.nextDue; due <= now && due < this.hangUpAt; due = this.nextDue) {
      this.sendNext();
      this.desk.sent(this.plan, due, this.desk.clock.now());
    }
  }

  private get nextDue(): number {
    return this.pacing.dueOfChunk(this.chunks);
  }

  private sendNext(): void {
    this.connection!.sendAudio(messageAt(this.tape, this.firstMessage + this.chunks++));
  }

  private listenOrNot(at: number): void {
    const { deaf } = this.plan;
    if (deaf === undefined) return;
    const isDeaf = at >= deaf.from && at < deaf.to;
    if (isDeaf !== this.isDeaf) this.connection!.setReading(!isDeaf);
    this.isDeaf = isDeaf;
  }

  private hangUp(): void {
    if (this.isDeaf) this.connection!.setReading(true);
    this.phase = 'closing';
    this.connection!.say({ type: 'close' });
    this.giveUpAfter(CLOSED_PATIENCE_MS, 'closing', 'no closed came');
  }

  private giveUpAfter(patienceMs: number, phase: Phase, complaint: string): void {
    const fire = () => {
      if (this.phase !== phase) return;
      this.complaint ??= `${complaint} within ${patienceMs} ms`;
      this.connection!.cut();
    };
    this.desk.wheel.add({ due: this.desk.clock.now() + patienceMs, fire });
  }

  private wakeAt(due: number): void {
    this.due = due;
    this.desk.wheel.add(this);
  }
}
