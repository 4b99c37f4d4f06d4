import { Deferred, quiet } from './deferred.js';
import type { EarshotError } from './earshot-error.js';

/** Lets senders wait until a buffer has room. */
export class Room {
  readonly #isThere: () => boolean;
  readonly #level: () => number;
  #waiting: Deferred<number> | null = null;

  constructor(isThere: () => boolean, level: () => number) {
    this.#isThere = isThere;
    this.#level = level;
  }

  /** Resolves with the buffer's level when there is room; rejects with the error given to `end`. */
  wait(): Promise<number> {
    if (this.#waiting === null && this.#isThere()) return quiet(Promise.resolve(this.#level()));
    this.#waiting ??= new Deferred();
    return this.#waiting.promise;
  }

  /** Releases the waiting senders if there is room now. */
  check(): void {
    if (this.#waiting !== null && this.#isThere()) this.end(null);
  }

  /** Releases the waiting senders in any case; with an error, their promises reject. */
  end(error: EarshotError | null): void {
    if (error) this.#waiting?.reject(error);
    else this.#waiting?.resolve(this.#level());
    this.#waiting = null;
  }
}
