import type { Latency, ServerMessage } from '../../proto/wire.js';
import type { Framing } from './pacing.js';

/** What the server said about one frame. */
export interface FrameAnswer {
  /** Counting from 0. */
  readonly frame: number;
  /** When its first event came; where nothing had to be said of it, its receipt. */
  readonly at: number;
  /** The server's own figures; null where no intent was told. */
  readonly latency: Latency | null;
  readonly isGap: boolean;
}

/**
 * Tells which frame the messages of a one-channel stream are about. The server confirms every frame with a `receipt` after
 * the events about it, so that frames in silence, about which there is nothing to say, are seen too. Tentative intents
 * and gaps name the end of their frame: should a receipt be missing, the frames before it are known to be lost.
 */
export class FrameLedger {
  /** Frames answered with a classification, with a gap, and not at all though a later one was. */
  answered = 0;
  gapped = 0;
  skipped = 0;
  private first: number | null = null;
  private latency: Latency | null = null;
  private isGap = false;

  constructor(private readonly framing: Framing) {}

  /** Frames that something is known of. */
  get settled(): number {
    return this.answered + this.gapped + this.skipped;
  }

  /** Takes in a message; gives the answer that it completes. */
  hear(message: ServerMessage, at: number): FrameAnswer | null {
    switch (message.type) {
      case 'intent':
        if (message.status === 'tentative') this.catchUp(message.end_ms);
        this.latency = message.latency_ms;
        this.first ??= at;
        return null;
      case 'gap':
        this.catchUp(message.end_ms);
        this.isGap = true;
        this.first ??= at;
        return null;
      case 'receipt':
        return this.complete(at);
      default:
        return null;
    }
  }

  private catchUp(endMs: number): void {
    const { frameMs, hopMs } = this.framing;
    const frame = Math.max(0, Math.ceil((endMs - frameMs) / hopMs));
    if (frame > this.settled) this.skipped += frame - this.settled;
  }

  private complete(at: number): FrameAnswer {
    const answer = { frame: this.settled, at: this.first ?? at, latency: this.latency, isGap: this.isGap };
    if (this.isGap) this.gapped += 1;
    else this.answered += 1;
    this.first = null;
    this.latency = null;
    this.isGap = false;
    return answer;
  }
}
