import type { Clock } from '../domain/clock.js';

export interface PatienceOptions {
  readonly limitMs: number;
  /** Called when nothing has been heard for `limitMs`. */
  readonly runOut: () => void;
  /** After this much silence `warn` is called, once until something is heard again. */
  readonly warnAfterMs?: number;
  readonly warn?: () => void;
}

/** Calls back when nothing has been heard for some time. `heard` is cheap: it touches no timer. */
export class Patience {
  private heardAt: number;
  private hasWarned = false;
  private timer: { cancel(): void };

  constructor(
    private readonly clock: Clock,
    private readonly options: PatienceOptions,
  ) {
    this.heardAt = clock.now();
    this.timer = clock.after(this.nextLook, () => this.look());
  }

  heard(): void {
    this.heardAt = this.clock.now();
    this.hasWarned = false;
  }

  end(): void {
    this.timer.cancel();
  }

  /** Milliseconds of silence after which `look` has something to do. */
  private get nextLook(): number {
    const { limitMs, warnAfterMs = limitMs } = this.options;
    return this.hasWarned ? limitMs : warnAfterMs;
  }

  private get silentFor(): number {
    return this.clock.now() - this.heardAt;
  }

  private look(): void {
    const { limitMs, warn } = this.options;
    const { silentFor } = this;
    if (silentFor >= limitMs) {
      // If the server itself was held up, something may have come that waits to be read: it is read before this check.
      this.timer = this.clock.after(0, () => this.judge());
      return;
    }
    if (silentFor >= this.nextLook) {
      this.hasWarned = true;
      warn?.();
    }
    this.timer = this.clock.after(this.nextLook - silentFor, () => this.look());
  }

  private judge(): void {
    if (this.silentFor >= this.options.limitMs) this.options.runOut();
    else this.look();
  }
}
