const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** How long to wait before attempt 0, 1, …: up to 250 ms, then up to twice as long each time, at most 10 s; `random` is from 0 to 1. */
export const backoffMs = (attempt: number, random: number): number =>
  random * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
