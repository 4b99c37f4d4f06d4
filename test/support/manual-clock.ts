import type { Clock } from '../../server/domain/clock.js';

/** Time that passes only when the test says so. */
export class ManualClock implements Clock {
  private time = 0;
  private readonly alarms = new Set<{ at: number; action: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, action: () => void): { cancel(): void } {
    const alarm = { at: this.time + ms, action };
    this.alarms.add(alarm);
    return { cancel: () => this.alarms.delete(alarm) };
  }

  /** Lets `ms` milliseconds pass; actions that become due meanwhile run in order. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (let next = this.nextBy(end); next; next = this.nextBy(end)) {
      this.alarms.delete(next);
      this.time = next.at;
      next.action();
    }
    this.time = end;
  }

  get pendingAlarms(): number {
    return this.alarms.size;
  }

  private nextBy(end: number) {
    return [...this.alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
