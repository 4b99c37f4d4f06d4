import { refusal, type Refusal } from '../domain/error-code.js';
import { milliseconds } from '../domain/units.js';
import type { Clock } from './clock.js';

/** Over so long a time, roughly, the load is averaged. */
const AVERAGED_MS = 2_000;
/** When no frame was answered for so long, none waits. */
const QUIET_MS = 1_000;
/** A stream that began to send so lately is not yet in the average: its frames are expected, not measured. */
const YOUNG_MS = 2 * AVERAGED_MS;
/** When frames wait longer than this on average, the slowest of them wait too long: one more stream would hurt all. */
const LONGEST_WAIT_MS = 50;
/** The part of what the workers run that is given away: sockets and decoding need the same cores. */
const GIVEN_AWAY = 0.85;
/** How much one large batch changes what a frame is known to take. */
const ADAPTATION = 0.05;
const RETRY_AFTER = milliseconds(3_000);

/**
 * Whether the workers can carry one more stream: by how long frames wait for them, and by how many frames a second they
 * run and could run. Only live frames are told: recordings that are sent as fast as they are taken yield to them. Streams that have just begun to send count with what they will, so that a crowd is not admitted as one; idle ones count nothing.
 */
export class Admission {
  /** Frames, and the milliseconds they waited; both fade. */
  private readonly waits = new FadingSum();
  private readonly frames = new FadingSum();
  private readonly young: { readonly since: number; readonly rate: number }[] = [];
  /** How long a frame takes of a worker in a large batch, while the others run too; null before any was run. */
  private frameMs: number | null = null;

  /** How many workers run frames. */
  private workers: () => number = () => Infinity;

  constructor(private readonly clock: Clock) {}

  /** From now on `workers` tells how many workers run frames. */
  watch(workers: () => number): void {
    this.workers = workers;
  }

  /** A frame was answered, after it had waited so long. */
  frameWaited(waitMs: number): void {
    const now = this.clock.now();
    this.frames.add(1, now);
    this.waits.add(waitMs, now);
  }

  /** A worker, started beside all others, took so long for a frame of a large batch. */
  workerReady(frameMs: number): void {
    this.frameMs = Math.max(this.frameMs ?? 0, frameMs);
  }

  /** A batch of so many frames, of as many as may run together, took a worker so long. */
  batchRan(rows: number, capacity: number, inferMs: number): void {
    if (rows < capacity / 2) return;
    const frameMs = inferMs / rows;
    this.frameMs = this.frameMs === null ? frameMs : this.frameMs + ADAPTATION * (frameMs - this.frameMs);
  }

  /** A stream has sent its first audio, and will send so many frames a second. */
  begun(framesPerSecond: number): void {
    this.young.push({ since: this.clock.now(), rate: framesPerSecond });
  }

  /** Why a stream that would send so many frames a second cannot be carried now; null when it can. */
  refusal(framesPerSecond: number): Refusal | null {
    const now = this.clock.now();
    const measured = this.frames.at(now);
    const waitMs = now - this.frames.since > QUIET_MS ? 0 : this.waits.at(now) / measured;
    if (waitMs > LONGEST_WAIT_MS)
      return overload(
        `frames wait ${waitMs.toFixed(0)} ms for a worker, ${LONGEST_WAIT_MS} ms at most before a stream more`,
      );
    const capacity = this.frameMs === null ? Infinity : (GIVEN_AWAY * this.workers() * 1000) / this.frameMs;
    const expected = (measured * 1000) / AVERAGED_MS + this.expectedOfYoung(now) + framesPerSecond;
    return expected <= Math.max(capacity, framesPerSecond)
      ? null
      : overload(`${expected.toFixed(0)} frames a second would come, and the workers run ${capacity.toFixed(0)}`);
  }

  /** What the streams that have just started will add to what is measured. */
  private expectedOfYoung(now: number): number {
    while (this.young[0] && now - this.young[0].since > YOUNG_MS) this.young.shift();
    return this.young.reduce((sum, { since, rate }) => sum + rate * (1 - (now - since) / YOUNG_MS), 0);
  }
}

const overload = (why: string): Refusal => ({
  ...refusal('overloaded', `the server is full: ${why}; try again in ${RETRY_AFTER / 1000} s`),
  retryAfter: RETRY_AFTER,
});

/** A sum whose addends fade with their age, by half in 1.4 s. */
class FadingSum {
  private sum = 0;
  /** When the last was added. */
  since = -Infinity;

  add(value: number, now: number): void {
    this.sum = this.at(now) + value;
    this.since = now;
  }

  at(now: number): number {
    return this.sum === 0 ? 0 : this.sum * Math.exp((this.since - now) / AVERAGED_MS);
  }
}
