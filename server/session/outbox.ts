import { refusal } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Caller, Ready, SessionMessage } from './caller.js';
import type { Clock } from '../domain/clock.js';

/** While more than this waits for a slow reader, tentative intents, stale by the time they arrive, are left out. */
const STALE_BACKLOG_BYTES = 64 * 1024;
/** A reader that lets this much wait is let go. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Messages kept for a caller that comes back; a stream at speaking speed says some hundred in the window. */
export const MAX_KEPT_MESSAGES = 2_048;

interface Kept {
  readonly seq: number;
  readonly said: SessionMessage;
  /** When it was last sent. */
  at: number;
}

/** What a stream says: numbered, sent while a caller is there, its newest part kept for a caller that comes back. */
export class Outbox {
  private seq = 0;
  private readonly kept: Kept[] = [];
  private hasWarnedSlowReader = false;

  constructor(
    private caller: Caller | null,
    private readonly clock: Clock,
    private readonly windowMs: number,
  ) {}

  /** Bytes that wait to be read. */
  get backlogBytes(): number {
    return this.caller?.backlogBytes ?? 0;
  }

  /** That more waits to be read than may; null while it does not. */
  get overflow(): string | null {
    const { backlogBytes } = this;
    return backlogBytes <= MAX_BACKLOG_BYTES
      ? null
      : `${backlogBytes} bytes of events wait to be read, of ${MAX_BACKLOG_BYTES} at most`;
  }

  /** Whether this event would be stale by the time it is read. */
  isStale(event: StreamEvent): boolean {
    return event.kind === 'intent' && event.status === 'tentative' && this.backlogBytes > STALE_BACKLOG_BYTES;
  }

  say(said: SessionMessage): void {
    this.seq += 1;
    this.keep({ seq: this.seq, said, at: this.clock.now() });
    this.caller?.send(said, this.seq);
  }

  /** Says once that tentative intents are left out. */
  warnSlowReader(): void {
    if (this.hasWarnedSlowReader) return;
    this.hasWarnedSlowReader = true;
    const message = `${this.backlogBytes} bytes of events wait to be read: tentative intents are left out until they are`;
    this.say({ kind: 'warning', code: 'slow_reader', message });
  }

  /** Tells the caller who is there now what is neither counted nor kept: a receipt, or that it is dismissed. */
  tell(said: Exclude<SessionMessage, StreamEvent>): void {
    this.caller?.send(said, Math.max(1, this.seq));
  }

  /** Ends the connection of a caller that goes on over another; `requestId` is what that error is known by. */
  dismiss(requestId: string): void {
    const refused = refusal('bad_request', 'the stream was resumed over another connection');
    this.tell({ kind: 'error', requestId, ...refused });
    this.caller?.end({ kind: 'refused', ...refused });
  }

  /** The caller is gone; what is said from now on waits for the next. */
  callerLeft(): void {
    this.caller = null;
  }

  /** Why what came after `lastSeq` cannot be said again; null when it can. */
  gapAfter(lastSeq: number): string | null {
    if (lastSeq > this.seq) return `resume.last_event_seq ${lastSeq} has not been sent yet; the last was ${this.seq}`;
    const oldest = this.kept[0]?.seq ?? this.seq + 1;
    return lastSeq >= oldest - 1
      ? null
      : `resume.last_event_seq ${lastSeq} is too old: messages before ${oldest} are no longer kept; start a new stream`;
  }

  /** Says `ready` again to a caller that has come back, then what it has missed. */
  resume(caller: Caller, ready: Ready, lastSeq: number): void {
    this.caller = caller;
    caller.send(ready, 1);
    for (const message of this.kept) {
      message.at = this.clock.now();
      if (message.seq > lastSeq && message.said.kind !== 'ready') caller.send(message.said, message.seq);
    }
  }

  private keep(message: Kept): void {
    if (this.windowMs === 0) return;
    this.kept.push(message);
    while (this.kept.length > MAX_KEPT_MESSAGES || this.isOutdated(this.kept[0])) this.kept.shift();
  }

  /** Nothing grows old while nobody is there. */
  private isOutdated(oldest: Kept | undefined): boolean {
    return this.caller !== null && oldest !== undefined && this.clock.now() - oldest.at > this.windowMs;
  }
}
