import type { Clock } from '../../../server/domain/clock.js';
import { ManualClock } from '../../support/manual-clock.js';

/** A manual clock whose alarms ring too late, as those of a busy machine do: by what `lateness` gives, in milliseconds. */
export class LateClock implements Clock {
  readonly manual = new ManualClock();

  constructor(private readonly lateness: () => number) {}

  now(): number {
    return this.manual.now();
  }

  after(ms: number, action: () => void): { cancel(): void } {
    return this.manual.after(ms + this.lateness(), action);
  }
}
