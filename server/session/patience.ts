import type { Clock } from './clock.js';

/** Runs out when nothing has been heard for `limitMs`. Hearing something is cheap: no timer is touched. */
export class Patience {
  private heardAt: number;
  private timer: { cancel(): void };

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
    private readonly runOut: () => void,
  ) {
    this.heardAt = clock.now();
    this.timer = clock.after(limitMs, () => this.check());
  }

  heard(): void {
    this.heardAt = this.clock.now();
  }

  end(): void {
    this.timer.cancel();
  }

  private check(): void {
    const left = this.heardAt + this.limitMs - this.clock.now();
    if (left <= 0) this.runOut();
    else this.timer = this.clock.after(left, () => this.check());
  }
}
