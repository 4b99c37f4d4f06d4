import { systemClock, type Clock } from '../../server/domain/clock.js';

/** `performance.now()` has a different origin in every thread; the kernel's monotonic clock has the same one in all. */
const ORIGIN = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on the same scale in all threads of the process, accurate to a few microseconds. */
export const sharedClock: Clock = {
  now: () => performance.now() + ORIGIN,
  after: (ms, action) => systemClock.after(ms, action),
};
