/** Time as the client sees it: passed in, so that tests own it. */
export interface Clock {
  /** Milliseconds on a scale that never jumps. */
  now(): number;
  /** Calls `action` once, `ms` from now, unless cancelled first. */
  after(ms: number, action: () => void): { cancel(): void };
}

/** What a timer can wait at most: 25 days. One that is set to more goes off at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(ms, LONGEST_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};
