import { refusal, type Refusal } from '../domain/error-code.js';
import type { CallerMessage } from './caller.js';

/** Messages without audio that a caller may send at once; as many may have piled up while it had no connection. */
export const CONTROL_BURST = 500;
/** Further messages without audio allowed per second, more than any client needs. */
export const CONTROL_MESSAGES_A_SECOND = 100;

/** Is notified of a caller that sends too many messages. */
export interface FloodListener {
  warned(code: string, message: string): void;
  refuse(why: Refusal): void;
}

/** Counts a caller's messages without audio in a leaky bucket, which allows a burst but not a flood. */
export class ControlRate {
  private level = 0;
  private countedAt = 0;
  private hasStarted = false;
  private hasWarned = false;

  constructor(private readonly listener: FloodListener) {}

  /** Counts a message that came at clock time `now` (ms); true when it is one too many, after telling the listener to refuse. */
  isExceededBy(message: CallerMessage, now: number): boolean {
    if (message.kind === 'audio' && message.bytes.length > 0) return false;
    if (message.kind === 'close' && message.isImplied) return false;
    const leaked = ((now - this.countedAt) * CONTROL_MESSAGES_A_SECOND) / 1000;
    this.level = Math.max(0, this.level - leaked) + 1;
    this.countedAt = now;
    // The first message to the caller must be ready, or the error that replaces it.
    if (this.hasStarted && this.level > CONTROL_BURST / 2) this.warn();
    this.hasStarted ||= message.kind === 'start';
    if (this.level <= CONTROL_BURST) return false;
    const limit = `${CONTROL_BURST} in a burst, ${CONTROL_MESSAGES_A_SECOND} a second`;
    this.listener.refuse(
      refusal('rate_exceeded', `too many messages without audio came, pings included: the limit is ${limit}`),
    );
    return true;
  }

  private warn(): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    const message = `${CONTROL_BURST / 2} messages without audio came in a burst: after ${CONTROL_BURST} the stream is ended`;
    this.listener.warned('control_rate', message);
  }
}
