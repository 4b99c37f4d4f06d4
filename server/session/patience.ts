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

  private look(): void {
    const { limitMs, runOut, warn } = this.options;
    const silentFor = this.clock.now() - this.heardAt;
    if (silentFor >= limitMs) return runOut();
    if (silentFor >= this.nextLook) {
      this.hasWarned = true;
      warn?.();
    }
    this.timer = this.clock.after(this.nextLook - silentFor, () => this.look());
  }
}
