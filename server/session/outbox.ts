import { refusal } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Caller, Ready, SessionMessage } from './caller.js';
import type { Clock } from '../domain/clock.js';

/** While more than this waits for a slow reader, tentative intents are left out: they would be stale when they arrive. */
const STALE_BACKLOG_BYTES = 64 * 1024;
/** The stream of a reader that lets more than this wait is ended. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** Messages kept for a caller that comes back; a stream at speaking speed sends about a hundred in the resume window. */
export const MAX_KEPT_MESSAGES = 2_048;

interface Kept {
  readonly seq: number;
  readonly said: SessionMessage;
  /** Clock time in milliseconds at which it was last sent. */
  at: number;
}

/** Numbers a stream's messages, sends them while a caller is connected, and keeps the newest for a caller that comes back. */
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

  /** A sentence saying that more bytes wait to be read than allowed; null while they do not. */
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

  /** Warns the caller, once, that tentative intents are left out. */
  warnSlowReader(): void {
    if (this.hasWarnedSlowReader) return;
    this.hasWarnedSlowReader = true;
    const message = `${this.backlogBytes} bytes of events wait to be read: tentative intents are left out until they are`;
    this.say({ kind: 'warning', code: 'slow_reader', message });
  }

  /** Sends the connected caller a message that is neither numbered nor kept: a receipt, or its dismissal. */
  tell(said: Exclude<SessionMessage, StreamEvent>): void {
    this.caller?.send(said, Math.max(1, this.seq));
  }

  /** Ends the connection of a caller that has resumed the stream over another one; `requestId` identifies the error. */
  dismiss(requestId: string): void {
    const refused = refusal('bad_request', 'the stream was resumed over another connection');
    this.tell({ kind: 'error', requestId, ...refused });
    this.caller?.end({ kind: 'refused', ...refused });
  }

  /** The caller is gone; from now on messages wait for its return. */
  callerLeft(): void {
    this.caller = null;
  }

  /** Why the messages after `lastSeq` cannot be sent again; null when they can. */
  gapAfter(lastSeq: number): string | null {
    if (lastSeq > this.seq) return `resume.last_event_seq ${lastSeq} has not been sent yet; the last was ${this.seq}`;
    const oldest = this.kept[0]?.seq ?? this.seq + 1;
    return lastSeq >= oldest - 1
      ? null
      : `resume.last_event_seq ${lastSeq} is too old: messages before ${oldest} are no longer kept; start a new stream`;
  }

  /** Sends `ready` again to a caller that has come back, then the messages that it missed. */
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

  /** Whether a message is older than the resume window; none is outdated while no caller is connected. */
  private isOutdated(oldest: Kept | undefined): boolean {
    return this.caller !== null && oldest !== undefined && this.clock.now() - oldest.at > this.windowMs;
  }
}
