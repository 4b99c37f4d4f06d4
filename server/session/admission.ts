import { refusal, type Refusal } from '../domain/error-code.js';
import { milliseconds } from '../domain/units.js';
import type { Clock } from '../domain/clock.js';

/** Waits are averaged over roughly this long. */
const AVERAGED_MS = 2_000;
/** Longest acceptable average wait: beyond it the slowest frames wait too long, and one more stream would slow down all. */
const LONGEST_WAIT_MS = 100;
/** How long waits must stay above LONGEST_WAIT_MS before streams are refused: many that begin together wait only briefly. */
const SUSTAINED_MS = 2_000;
/** When no frame was answered for this long, no frame is waiting. */
const QUIET_MS = 1_000;
const RETRY_AFTER = milliseconds(3_000);

/** Bytes of memory that the process uses, and beyond how many it takes no further stream. */
export interface Memory {
  used(): number;
  readonly most: number;
}

const BOUNDLESS: Memory = { used: () => 0, most: Infinity };
const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/**
 * Whether one more stream can be carried: by the memory of the process, and by how long frames of live callers have waited
 * for workers. Frames of recordings that are sent faster than speech do not count, because they yield to live callers.
 */
export class Admission {
  /** Milliseconds that frames waited, and how many frames; both fade with time. */
  private readonly waits = new FadingSum();
  private readonly frames = new FadingSum();
  /** Clock time since which frames have waited too long on average; null while they do not. */
  private tooLongSince: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly memory = BOUNDLESS,
  ) {}

  /** Counts a live caller's frame that waited `waitMs` milliseconds for a worker. */
  frameWaited(waitMs: number): void {
    const now = this.clock.now();
    if (now - this.frames.since > QUIET_MS) this.tooLongSince = null;
    this.frames.add(1, now);
    this.waits.add(waitMs, now);
    if (this.meanWait(now) <= LONGEST_WAIT_MS) this.tooLongSince = null;
    else this.tooLongSince ??= now;
  }

  /** Why no further stream can be carried now; null when it can. */
  refusal(): Refusal | null {
    const used = this.memory.used();
    if (used > this.memory.most)
      return full(`${mib(used)} of memory are used, ${mib(this.memory.most)} at most before a stream more`);
    const now = this.clock.now();
    const isQuiet = now - this.frames.since > QUIET_MS;
    if (isQuiet || this.tooLongSince === null || now - this.tooLongSince < SUSTAINED_MS) return null;
    const wait = `frames wait ${this.meanWait(now).toFixed(0)} ms for a worker, ${LONGEST_WAIT_MS} ms at most before a stream more`;
    return full(wait);
  }

  private meanWait(now: number): number {
    return this.waits.at(now) / this.frames.at(now);
  }
}

const full = (why: string): Refusal => ({
  ...refusal('overloaded', `the server is full: ${why}; try again in ${RETRY_AFTER / 1000} s`),
  retryAfter: RETRY_AFTER,
});

/** A sum whose addends fade with age: each halves every 1.4 s. */
class FadingSum {
  private sum = 0;
  /** Clock time at which the last value was added. */
  since = -Infinity;

  add(value: number, now: number): void {
    this.sum = this.at(now) + value;
    this.since = now;
  }

  at(now: number): number {
    return this.sum === 0 ? 0 : this.sum * Math.exp((this.since - now) / AVERAGED_MS);
  }
}
