import type { Clock } from '../../server/domain/clock.js';

/** Something that is to happen at `due`, on the wheel's clock. */
export interface Timed {
  readonly due: number;
  fire(now: number): void;
}

const SLOTS = 1024;
const SLOT_MS = 1;

/**
 * One timer for everything that a thread has to do (G. Varghese, T. Lauck, Hashed and Hierarchical Timing Wheels, 1987).
 * Entries that are due in the same millisecond share a slot; an entry that is due in a later round of the wheel stays in its slot.
 */
export class TimerWheel {
  private readonly slots: Timed[][] = Array.from({ length: SLOTS }, () => []);
  private tick: number;
  private pending = 0;
  private alarm: { readonly at: number; cancel(): void } | null = null;
  private isTurning = false;

  constructor(private readonly clock: Clock) {
    this.tick = Math.floor(clock.now() / SLOT_MS);
  }

  /** Adds an entry; one that is already due fires in the next turn of the event loop. */
  add(timed: Timed): void {
    this.place(timed);
    this.pending += 1;
    if (!this.isTurning) this.sleep();
  }

  private place(timed: Timed): void {
    this.slots[Math.max(this.tick, Math.floor(timed.due / SLOT_MS)) % SLOTS]!.push(timed);
  }

  private turn(): void {
    this.alarm = null;
    this.isTurning = true;
    const now = this.clock.now();
    const to = Math.floor(now / SLOT_MS);
    // After a stall longer than a round, every slot is visited only once. The last slot is visited again next time.
    const from = Math.max(this.tick, to - SLOTS + 1);
    this.tick = to;
    for (let tick = from; tick <= to; tick++) this.empty(tick % SLOTS, now);
    this.isTurning = false;
    this.sleep();
  }

  private empty(slot: number, now: number): void {
    const held = this.slots[slot]!;
    if (held.length === 0) return;
    this.slots[slot] = [];
    for (const timed of held) {
      if (timed.due > now) this.slots[slot].push(timed);
      else {
        this.pending -= 1;
        timed.fire(now);
      }
    }
  }

  private sleep(): void {
    if (this.pending === 0) return;
    const now = this.clock.now();
    const at = this.nextDue();
    if (this.alarm !== null && this.alarm.at <= at) return;
    this.alarm?.cancel();
    const timer = this.clock.after(Math.max(0, at - now), () => this.turn());
    this.alarm = { at, cancel: () => timer.cancel() };
  }

  /** When the first slot that has entries must be visited: at most one round from now. */
  private nextDue(): number {
    for (let ahead = 0; ahead < SLOTS; ahead++) {
      const held = this.slots[(this.tick + ahead) % SLOTS]!;
      if (held.length > 0) return earliest(held, this.tick + ahead);
    }
    return (this.tick + SLOTS) * SLOT_MS;
  }
}

/** The earliest time at which an entry is due in this round; the end of the slot if none is. */
const earliest = (held: readonly Timed[], tick: number): number => {
  let first = (tick + 1) * SLOT_MS;
  for (const { due } of held) if (due < first) first = due;
  return first;
};
