import type { Frame } from '../domain/frame.js';

/** Clocks differ: a caller whose clock is up to a twentieth fast is live all the same. */
const LIVE_PACE = 0.95;

/** Tells of the frames of one channel, in their order, when each would have come at speaking speed: callers that send faster yield to those that are live. */
export class Pace {
  private liveAt = -Infinity;

  /** The clock time of the next frame, which is when it came or later. */
  next({ arrivedAt, freshFrom, end }: Pick<Frame, 'arrivedAt' | 'freshFrom' | 'end'>): number {
    this.liveAt = Math.max(arrivedAt, this.liveAt + LIVE_PACE * (end - freshFrom));
    return this.liveAt;
  }
}
