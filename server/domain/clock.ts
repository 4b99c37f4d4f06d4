/** The server's source of time; passed in, so that tests can move it by hand. */
export interface Clock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls `action` once, `ms` from now, unless cancelled first. */
  after(ms: number, action: () => void): { cancel(): void };
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
