const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
const HEALTHY_AFTER_MS = 60_000;

/** How long to wait before the next start: twice as long after every failure, short again after a worker has lived long. */
export class RestartBackoff {
  #failures = 0;

  /** The wait in milliseconds after a worker that lived for `livedMs`, which is 0 for one that did not even start. */
  nextDelay(livedMs: number): number {
    if (livedMs >= HEALTHY_AFTER_MS) this.#failures = 0;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#failures, LONGEST_DELAY_MS);
    this.#failures += 1;
    return delay;
  }
}
