import { Subject, Subscription } from 'rxjs';
import { refusal, type ErrorCode } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Announcing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';
import { createIntentPipeline } from '../pipeline/intent-pipeline.js';
import type { StreamInput } from '../pipeline/stream-input.js';
import type {
  Caller,
  CallerMessage,
  SessionMessage,
  SettingsChange,
  StartRequest,
  StreamConfig,
  StreamEnd,
} from './caller.js';
import { Patience } from './patience.js';
import { resolveStart } from './resolve-start.js';
import type { ServedModel } from './served-model.js';
import type { SessionContext } from './session-context.js';
import { StreamTally } from './stream-tally.js';

/** While more than this waits for a slow reader, tentative intents, stale by the time they arrive, are left out. */
const STALE_BACKLOG_BYTES = 64 * 1024;
/** A reader that lets this much wait is let go. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

type Phase = 'waiting' | 'streaming' | 'finishing' | 'ended';

/** The server's side of one stream, from the first message to exactly one end; one caller, one pipeline. */
export class Session {
  private phase: Phase = 'waiting';
  private seq = 0;
  private announced: Announcing | null = null;
  private isPaused = false;
  private hasWarnedSlowReader = false;
  private endKind: 'done' | 'drained' = 'done';
  private readonly tally: StreamTally;
  private readonly inputs = new Subject<StreamInput>();
  private readonly hearing = new Subscription();
  private announcing: Subscription | null = null;
  private patience: Patience;

  constructor(
    private readonly id: string,
    private readonly caller: Caller,
    private readonly context: SessionContext,
    /** Told once how the stream ended; null when the caller hung up. */
    private readonly onEnd: (session: Session, end: StreamEnd | null) => void,
  ) {
    const { clock, limits } = context;
    this.tally = new StreamTally(context.observer);
    this.patience = new Patience(clock, limits.startTimeout, () =>
      this.refuse('start_timeout', `no start message came within ${limits.startTimeout} ms`),
    );
  }

  /** Begins to listen to the caller. Called once. */
  open(): void {
    const { messages } = this.caller;
    this.hearing.add(messages.subscribe({ next: (message) => this.hear(message), complete: () => this.hungUp() }));
  }

  /** Tells the caller that the server is going away; `finish` follows when the grace is over. */
  announceDrain(grace: Milliseconds): void {
    if (this.phase === 'waiting') this.refuse('draining', 'the server is draining: connect again');
    else this.send({ kind: 'reconnect', grace });
  }

  /** Takes no more audio, says what is still to be said, then ends. */
  finish(end: 'done' | 'drained'): void {
    if (this.phase === 'waiting') return this.sayClosed(end);
    if (this.phase !== 'streaming') return;
    this.endKind = end;
    this.phase = 'finishing';
    this.patience.end();
    this.inputs.complete();
  }

  refuse(code: ErrorCode, message: string): void {
    if (this.phase === 'ended') return;
    this.send({ kind: 'error', requestId: this.id, ...refusal(code, message) });
    this.end({ kind: 'refused', ...refusal(code, message) });
  }

  private hear(message: CallerMessage): void {
    if (this.phase === 'ended') return;
    this.patience.heard();
    if (message.kind === 'refused') return this.refuse(message.refusal.code, message.refusal.message);
    if (message.kind === 'keepalive') return;
    switch (this.phase) {
      case 'waiting':
        return this.hearFirst(message);
      case 'streaming':
        return this.hearNext(message);
      case 'finishing':
        return this.refuse('bad_request', `${message.kind} came after close`);
    }
  }

  private hearFirst(message: Exclude<CallerMessage, { kind: 'refused' | 'keepalive' }>): void {
    if (message.kind === 'start') this.start(message.request);
    else if (message.kind === 'close') this.sayClosed('done');
    else this.refuse('bad_request', `${message.kind} came before start: the first message is start`);
  }

  private hearNext(message: Exclude<CallerMessage, { kind: 'refused' | 'keepalive' }>): void {
    const arrivedAt = this.context.clock.now();
    switch (message.kind) {
      case 'start':
        return this.refuse('bad_request', 'start came twice: a stream starts once');
      case 'audio':
        return this.inputs.next({ kind: 'audio', bytes: message.bytes, arrivedAt });
      case 'finalize':
        return this.inputs.next({ kind: 'finalize', arrivedAt });
      case 'configure':
        return this.configure(message.change);
      case 'close':
        return this.finish('done');
    }
  }

  private configure({ silence, maxUtterance, ...change }: SettingsChange): void {
    const { endpointing, ...before } = this.announced!;
    const after = {
      ...before,
      ...change,
      endpointing: { silence: silence ?? endpointing.silence, maxUtterance: maxUtterance ?? endpointing.maxUtterance },
    };
    this.announced = after;
    this.inputs.next({ kind: 'configure', announcing: after });
  }

  private start(request: StartRequest): void {
    const resolved = resolveStart(request, this.context.models);
    if (!resolved.ok) return this.refuse(resolved.refusal.code, resolved.refusal.message);
    const { model, config } = resolved;
    const { clock, limits } = this.context;
    this.phase = 'streaming';
    this.announced = config;
    this.patience.end();
    this.patience = new Patience(clock, limits.idleTimeout, () => this.ranIdle());
    this.send({ kind: 'ready', sessionId: this.id, config, card: model.card, limits });
    this.listen(model, config);
  }

  private listen(model: ServedModel, config: StreamConfig): void {
    const pipeline = createIntentPipeline({
      audio: config.audio,
      card: model.card,
      hop: config.hop,
      announcing: config,
      classify: model.classify,
      valve: { pause: () => this.setPaused(true), resume: () => this.setPaused(false) },
      maxFramesUnderWay: this.context.maxFramesUnderWay * config.audio.channels,
      now: () => this.context.clock.now(),
      warn: (code, message) => this.send({ kind: 'warning', code, message }),
    });
    this.tally.follow(pipeline.totals);
    this.announcing = pipeline.events(this.inputs).subscribe({
      next: (event) => this.announce(event),
      error: (cause: unknown) => this.fail(cause),
      complete: () => this.sayClosed(this.endKind),
    });
  }

  private announce(event: StreamEvent): void {
    const backlog = this.caller.backlogBytes;
    if (backlog > MAX_BACKLOG_BYTES)
      return this.refuse('overloaded', `${backlog} bytes of events wait to be read; the limit is ${MAX_BACKLOG_BYTES}`);
    const isStale = event.kind === 'intent' && event.status === 'tentative' && backlog > STALE_BACKLOG_BYTES;
    this.tally.count(event, isStale);
    if (!isStale) return this.send(event);
    if (this.hasWarnedSlowReader) return;
    this.hasWarnedSlowReader = true;
    const message = `${backlog} bytes of events wait to be read: tentative intents are left out until they are`;
    this.send({ kind: 'warning', code: 'slow_reader', message });
  }

  private setPaused(isPaused: boolean): void {
    if (this.phase === 'ended') return;
    this.isPaused = isPaused;
    this.patience.heard();
    if (isPaused) this.caller.pause();
    else this.caller.resume();
  }

  private ranIdle(): void {
    const { clock, limits } = this.context;
    // A caller that is not being read cannot be heard.
    if (this.isPaused) this.patience = new Patience(clock, limits.idleTimeout, () => this.ranIdle());
    else this.refuse('idle_timeout', `neither audio nor keepalive came for ${limits.idleTimeout} ms`);
  }

  private fail(cause: unknown): void {
    this.context.log.error({ session: this.id, err: cause }, 'a pipeline failed');
    this.refuse('internal', 'the stream failed inside the server; its log says why');
  }

  private sayClosed(kind: 'done' | 'drained'): void {
    this.send({ kind: 'closed', ...this.tally.totals });
    this.end({ kind });
  }

  private hungUp(): void {
    if (this.phase !== 'ended') this.release(null);
  }

  private end(end: StreamEnd): void {
    this.release(end);
    this.caller.end(end);
  }

  private release(end: StreamEnd | null): void {
    this.phase = 'ended';
    this.patience.end();
    this.announcing?.unsubscribe();
    this.hearing.unsubscribe();
    this.tally.close();
    this.onEnd(this, end);
  }

  private send(message: SessionMessage): void {
    if (this.phase !== 'ended') this.caller.send(message, ++this.seq);
  }
}
