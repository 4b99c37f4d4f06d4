import { refusal, type Refusal } from '../domain/error-code.js';
import type { CallerMessage } from './caller.js';

/** Messages without audio that a caller may say in a row; as many may have piled up while it had no connection. */
export const CONTROL_BURST = 500;
/** So many more every second, which no client has a use for. */
export const CONTROL_MESSAGES_A_SECOND = 100;

/** What is done about a caller that says too much. */
export interface FloodListener {
  warned(code: string, message: string): void;
  refuse(why: Refusal): void;
}

/** Counts what a caller says beside its audio: a bucket that leaks, so that a burst is forgiven and a flood is not. */
export class ControlRate {
  private level = 0;
  private countedAt = 0;
  private hasWarned = false;

  constructor(private readonly listener: FloodListener) {}

  /** One more message, at clock time `now` in milliseconds. True when it is one too many: the listener was told to refuse it. */
  isExceededBy(message: CallerMessage, now: number): boolean {
    if (message.kind === 'audio' && message.bytes.length > 0) return false;
    if (message.kind === 'close' && message.isImplied) return false;
    const leaked = ((now - this.countedAt) * CONTROL_MESSAGES_A_SECOND) / 1000;
    this.level = Math.max(0, this.level - leaked) + 1;
    this.countedAt = now;
    if (this.level > CONTROL_BURST / 2) this.warn();
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
