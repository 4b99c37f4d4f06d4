const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * Milliseconds to wait before retry number `attempt` (0, 1, …): the share `random` (0–1) of an upper limit, which is 250 ms at
 * first, then doubles with every attempt up to 10 s.
 */
export const backoffMs = (attempt: number, random: number): number =>
  random * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
