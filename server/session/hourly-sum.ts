/** One more minute than an hour has, so that a whole hour is always covered. */
const SLOTS = 61;
const SLOT_MS = 60_000;

/** A sum over the last hour, kept per minute: what was added leaves it 60 to 61 minutes later. */
export class HourlySum {
  private readonly slots = new Float64Array(SLOTS);
  private newest = 0;

  /** `now` is in milliseconds of a monotonic clock. */
  add(amount: number, now: number): void {
    this.forget(now);
    this.slots[this.newest % SLOTS]! += amount;
  }

  at(now: number): number {
    this.forget(now);
    return this.slots.reduce((sum, amount) => sum + amount, 0);
  }

  private forget(now: number): void {
    const minute = Math.floor(now / SLOT_MS);
    const passed = Math.min(SLOTS, minute - this.newest);
    for (let back = 0; back < passed; back++) this.slots[(minute - back) % SLOTS] = 0;
    this.newest = minute;
  }
}
