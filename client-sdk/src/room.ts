import { Deferred, quiet } from './deferred.js';
import type { EarshotError } from './earshot-error.js';

/** Where senders wait for room in a buffer. */
export class Room {
  readonly #isThere: () => boolean;
  readonly #level: () => number;
  #waiting: Deferred<number> | null = null;

  constructor(isThere: () => boolean, level: () => number) {
    this.#isThere = isThere;
    this.#level = level;
  }

  /** Resolves with the buffer's level when there is room. */
  wait(): Promise<number> {
    if (this.#waiting === null && this.#isThere()) return quiet(Promise.resolve(this.#level()));
    this.#waiting ??= new Deferred();
    return this.#waiting.promise;
  }

  /** Lets those go on who wait, if there is room now. */
  check(): void {
    if (this.#waiting !== null && this.#isThere()) this.end(null);
  }

  /** Nobody need wait any longer. */
  end(error: EarshotError | null): void {
    if (error) this.#waiting?.reject(error);
    else this.#waiting?.resolve(this.#level());
    this.#waiting = null;
  }
}
