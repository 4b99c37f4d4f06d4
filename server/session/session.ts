import { randomUUID } from 'node:crypto';
import { refusal, type Refusal } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import type { CallerControl, CallerMessage, Ready, ResumeRequest, StartRequest, StreamConfig } from './caller.js';
import { ControlRate } from './control-rate.js';
import { nameOf, type Desk, type SessionEnd } from './desk.js';
import type { Line, Listener } from './line.js';
import { Outbox } from './outbox.js';
import { resolveStart } from './resolve-start.js';
import { contradiction, newResumeToken } from './resumption.js';
import { NOTHING_HEARD, RunningStream, type StreamListener } from './running-stream.js';
import type { SessionContext } from './session-context.js';
import { TimeLimits, type TimeListener } from './time-limits.js';

/** The server's side of one stream, from its first message to its only end: one pipeline, and one caller at a time. */
export class Session implements Listener, StreamListener, TimeListener {
  readonly id = randomUUID();
  /** The secret with which a caller can resume this stream; empty where it cannot be resumed. */
  token = '';
  private phase: 'waiting' | 'streaming' | 'finishing' | 'ended' = 'waiting';
  private ready: Ready | null = null;
  private stream: RunningStream | null = null;
  isPaused = false;
  private endKind: 'done' | 'drained' = 'done';
  private receivedMessages = 0;
  private settledTo = milliseconds(0);
  private givesReceipts = false;
  private readonly outbox: Outbox;
  private readonly time: TimeLimits;
  private readonly controlRate = new ControlRate(this);
  /** The timer of the resume window; it runs while the caller is lost. */
  private expiry: { cancel(): void } | null = null;

  constructor(
    private line: Line,
    private readonly context: SessionContext,
    readonly desk: Desk,
  ) {
    this.outbox = new Outbox(line.caller, context.clock, context.limits.resumeWindow);
    this.time = new TimeLimits(context.clock, context.limits, this);
  }

  get isOpen(): boolean {
    return this.phase !== 'ended';
  }

  /** Asks the caller to reconnect, as the server or the model is going away; `finish` follows when the grace period is over. */
  announceDrain(grace: Milliseconds): void {
    if (this.phase === 'waiting') this.refuse(refusal('draining', 'the server is draining: connect again'));
    else this.outbox.say({ kind: 'reconnect', grace });
  }

  mustEndSoon(grace: Milliseconds): void {
    const { maxStream } = this.context.limits;
    this.warned('stream_length', `a stream may be open for ${maxStream} ms: this one is ended in ${grace} ms`);
    this.outbox.say({ kind: 'reconnect', grace });
  }

  /** Takes no more audio, announces what is still to be announced, then ends. */
  finish(end: 'done' | 'drained'): void {
    this.endKind = end;
    if (this.phase === 'waiting') return this.completed();
    if (this.phase !== 'streaming') return;
    this.phase = 'finishing';
    this.time.end();
    this.stream!.finish();
  }

  /** Continues with a caller that has come back, and sends what it missed; its older connection, if still open, is ended. */
  goOn(line: Line, lastSeq: number): void {
    this.line.close();
    if (this.expiry === null) this.outbox.dismiss(this.id);
    else this.desk.found(this);
    this.expiry?.cancel();
    this.expiry = null;
    this.line = line;
    line.handTo(this);
    this.outbox.resume(line.caller, { ...this.ready!, receivedMessages: this.receivedMessages }, lastSeq);
    if (this.phase === 'ended') return line.caller.end({ kind: this.endKind });
    if (this.phase === 'streaming') this.time.awaitAudio();
    if (this.isPaused) line.caller.pause();
  }

  /** Why this start cannot resume this stream; null when it can. */
  objectionTo(start: StartRequest, lastSeq: number): string | null {
    return contradiction(this.ready!.config, start) ?? this.outbox.gapAfter(lastSeq);
  }

  /** Gives up a stream whose caller is gone. */
  letGo(): void {
    this.expiry?.cancel();
    if (this.phase !== 'ended') this.release({ kind: 'hung_up' });
    this.desk.forget(this);
  }

  hear(message: CallerMessage): void {
    if (this.phase === 'ended') return;
    if (this.controlRate.isExceededBy(message, this.context.clock.now())) return;
    if (message.kind === 'ping') return void this.isUnread();
    // Until start has come, no other message extends the wait for it.
    if (this.phase !== 'waiting') this.time.hear(message);
    if (message.kind === 'refused') return this.refuse(message.refusal);
    if (message.kind === 'keepalive') return this.giveReceipt();
    if (this.phase === 'waiting') return this.hearFirst(message);
    if (this.phase === 'streaming') return this.hearNext(message);
    // What comes after the server itself has ended the stream is ignored: `closed` says how much was taken in.
    const isNoPart = this.endKind === 'drained' || (message.kind === 'close' && message.isImplied);
    if (!isNoPart) this.refuse(refusal('bad_request', `${message.kind} came after close`));
  }

  hungUp(): void {
    const mayComeBack = this.line.caller.wasLost && this.token !== '';
    this.line.close();
    this.outbox.callerLeft();
    if (!mayComeBack) return this.letGo();
    this.time.stopWaiting();
    this.expiry = this.context.clock.after(this.context.limits.resumeWindow, () => this.letGo());
    this.desk.lost(this);
  }

  announced(event: StreamEvent): void {
    if (this.isUnread()) return;
    const isStale = this.outbox.isStale(event);
    this.stream!.count(event, isStale);
    if (isStale) this.outbox.warnSlowReader();
    else this.outbox.say(event);
  }

  warned(code: string, message: string): void {
    this.outbox.say({ kind: 'warning', code, message });
  }

  settled(to: Milliseconds): void {
    // An utterance that has just begun counts with a margin before it, part of which may have been settled already.
    this.settledTo = milliseconds(Math.max(this.settledTo, to));
    this.giveReceipt();
  }

  configured(config: StreamConfig): void {
    this.ready = { ...this.ready!, config };
  }

  failed(cause: unknown): void {
    this.context.log.error({ session: this.id, err: cause }, 'a pipeline failed');
    this.refuse(refusal('internal', 'the stream failed inside the server; its log says why'));
  }

  completed(): void {
    this.giveReceipt();
    if (this.phase === 'ended') return;
    this.outbox.say({ kind: 'closed', ...(this.stream?.totals ?? NOTHING_HEARD) });
    this.release({ kind: this.endKind });
    // Nobody can come back to a stream that has no token.
    if (this.token === '') {
      this.line.close();
      this.desk.forget(this);
    }
    if (this.expiry === null) this.line.caller.end({ kind: this.endKind });
  }

  refuse(why: Refusal): void {
    if (this.phase === 'ended') return;
    this.outbox.say({ kind: 'error', requestId: this.id, ...why });
    this.release({ kind: 'refused', ...why });
    this.desk.forget(this);
    if (this.expiry === null) this.line.caller.end({ kind: 'refused', ...why });
    this.expiry?.cancel();
    this.line.close();
  }

  pause(): void {
    if (this.phase === 'ended') return;
    this.isPaused = true;
    this.time.heard();
    this.line.caller.pause();
  }

  resume(): void {
    if (this.phase === 'ended') return;
    this.isPaused = false;
    this.time.heard();
    this.line.caller.resume();
  }

  private hearFirst(message: CallerControl): void {
    if (message.kind === 'close') return this.completed();
    if (message.kind !== 'start')
      return this.refuse(refusal('bad_request', `${message.kind} came before start: the first message is start`));
    const { request } = message;
    if (request.resume) this.leaveTo(request, request.resume);
    else this.start(request);
  }

  private hearNext(message: CallerControl): void {
    if (message.kind === 'start') return this.refuse(refusal('bad_request', 'start came twice: a stream starts once'));
    if (message.kind !== 'close' || !message.isImplied) this.receivedMessages += 1;
    if (message.kind === 'close') this.finish('done');
    else this.stream!.take(message);
  }

  private start(request: StartRequest): void {
    const { limits } = this.context;
    const resolved = resolveStart(request, this.context, this.desk.account);
    if (!resolved.ok) return this.refuse(resolved.refusal);
    const { model, config } = resolved;
    this.phase = 'streaming';
    this.desk.started(this);
    this.givesReceipts = request.receipts;
    if (limits.resumeWindow > 0) this.token = newResumeToken();
    this.time.started();
    const told = { sessionId: this.id, resumeToken: this.token, receivedMessages: null };
    this.ready = { kind: 'ready', ...told, config, card: model.card, limits };
    this.outbox.say(this.ready);
    this.context.log.debug({ session: this.id, model: config.model, version: model.card.version }, 'stream started');
    const origin = { session: this.id, ...this.line.caller.description };
    this.stream = new RunningStream(model, config, { ...this.context, account: this.desk.account, origin }, this);
  }

  /** Hands the caller over to the earlier stream that it wants to resume, and ends this session. */
  private leaveTo(request: StartRequest, resume: ResumeRequest): void {
    const found = this.desk.find(request, resume);
    if (!found.ok) return this.refuse(found.refusal);
    this.release({ kind: 'resumed' });
    this.desk.forget(this);
    found.session.goOn(this.line, resume.lastSeq);
  }

  private giveReceipt(): void {
    const { givesReceipts, receivedMessages, settledTo } = this;
    if (!givesReceipts || this.phase === 'ended' || this.isUnread()) return;
    this.outbox.tell({ kind: 'receipt', receivedMessages, settledTo });
  }

  /** Whether the caller left too much unread; the stream is then refused. */
  private isUnread(): boolean {
    const { overflow } = this.outbox;
    if (overflow !== null) this.refuse(refusal('overloaded', overflow));
    return overflow !== null;
  }

  private release(end: SessionEnd): void {
    this.phase = 'ended';
    this.time.end();
    this.stream?.stop(nameOf(end));
    this.stream = null;
    this.desk.ended(this, end);
  }
}
