import type { Latency, ServerMessage } from '../../proto/wire.js';
import type { Framing } from './pacing.js';

/** What the server said about one frame. */
export interface FrameAnswer {
  /** Number of the frame, from 0. */
  readonly frame: number;
  /** When the first event about the frame came; its receipt, if there was no event. */
  readonly at: number;
  /** The server's own figures; null if there was no intent about the frame. */
  readonly latency: Latency | null;
  readonly isGap: boolean;
}

/**
 * Finds out which frame the messages of a one-channel stream are about. The server confirms every frame with a `receipt` after
 * the events about it, so frames of silence, which have no events, are counted too. Tentative intents and gaps name the end of
 * their frame: if receipts are missing, this shows which earlier frames were lost.
 */
export class FrameLedger {
  /** Frames that were confirmed, that were reported as a gap, and that had no answer although a later frame had one. */
  answered = 0;
  gapped = 0;
  skipped = 0;
  private first: number | null = null;
  private latency: Latency | null = null;
  private isGap = false;

  constructor(private readonly framing: Framing) {}

  /** How many frames are accounted for. */
  get settled(): number {
    return this.answered + this.gapped + this.skipped;
  }

  /** Takes in a message. Returns the answer about a frame if the message completes it, otherwise null. */
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
