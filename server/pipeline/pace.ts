import type { Frame } from '../domain/frame.js';

/** Clocks differ: a caller whose clock is up to a twentieth fast still counts as live. */
const LIVE_PACE = 0.95;

/**
 * Computes for each frame of one channel, in order, when it would have arrived at speaking speed, so that callers that send
 * faster can yield to live ones.
 */
export class Pace {
  private liveAt: number | null = null;

  /** `heldBackMs`: how much delayed audio, in milliseconds, may arrive at once and still count as speaking speed. */
  constructor(private readonly heldBackMs = 0) {}

  /** Clock time in milliseconds of the next frame at speaking speed: when it arrived, or later. */
  next({ arrivedAt, freshFrom, end }: Pick<Frame, 'arrivedAt' | 'freshFrom' | 'end'>): number {
    this.liveAt =
      this.liveAt === null
        ? arrivedAt
        : Math.max(arrivedAt - this.heldBackMs, this.liveAt + LIVE_PACE * (end - freshFrom));
    return Math.max(arrivedAt, this.liveAt);
  }
}
