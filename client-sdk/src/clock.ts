/** The client's source of time and timers; passed in, so that tests can control it. */
export interface Clock {
  /** Milliseconds on a monotonic clock: never changed by adjustments of the system time. */
  now(): number;
  /** Calls `action` once, `ms` from now, unless cancelled first. */
  after(ms: number, action: () => void): { cancel(): void };
}

/** The longest delay that `setTimeout` supports, about 25 days. With a longer one, the timer would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(ms, LONGEST_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};
