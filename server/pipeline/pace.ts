import type { Frame } from '../domain/frame.js';

/** Clocks differ: a caller whose clock is up to a twentieth fast is live all the same. */
const LIVE_PACE = 0.95;

/** Tells of the frames of one channel, in their order, when each would have come at speaking speed: callers that send faster yield to those that are live. */
export class Pace {
  private liveAt: number | null = null;

  /** Of audio that a network held back, so many milliseconds are not faster than speech when they come at once. */
  constructor(private readonly heldBackMs = 0) {}

  /** The clock time of the next frame, which is when it came or later. */
  next({ arrivedAt, freshFrom, end }: Pick<Frame, 'arrivedAt' | 'freshFrom' | 'end'>): number {
    this.liveAt =
      this.liveAt === null
        ? arrivedAt
        : Math.max(arrivedAt - this.heldBackMs, this.liveAt + LIVE_PACE * (end - freshFrom));
    return Math.max(arrivedAt, this.liveAt);
  }
}
