import { systemClock, type Clock } from '../../server/domain/clock.js';

/** `performance.now()` has an origin of its own in every thread; the kernel's monotonic clock does not. */
const ORIGIN = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on one scale for all threads of the process, to some microseconds. */
export const sharedClock: Clock = {
  now: () => performance.now() + ORIGIN,
  after: (ms, action) => systemClock.after(ms, action),
};
