import { Deferred } from './deferred.js';

/** Values that wait for readers, or readers that wait for values: first come, first served. */
export class ReaderQueue<T> {
  /** Values that nobody has read yet, oldest first. The owner of the queue may add and remove values, and limits their number. */
  readonly waiting: T[] = [];
  readonly #readers: { readonly by: object | null; readonly reading: Deferred<IteratorResult<T, undefined>> }[] = [];
  #end: { readonly error: Error | null } | null = null;

  get hasEnded(): boolean {
    return this.#end !== null;
  }

  /** Gives a value to the reader that has waited longest; false when no reader is waiting. */
  handOver(value: T): boolean {
    const reader = this.#readers.shift();
    reader?.reading.resolve({ value, done: false });
    return reader !== undefined;
  }

  /** No more values will come: once the waiting ones have been read, reading ends, or throws `error`. Only the first call counts. */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    for (const { reading } of this.#readers.splice(0)) finish(reading, error);
  }

  next(by: object | null = null): Promise<IteratorResult<T, undefined>> {
    const reading = new Deferred<IteratorResult<T, undefined>>();
    if (this.waiting.length > 0) reading.resolve({ value: this.waiting.shift()!, done: false });
    else if (this.#end === null) this.#readers.push({ by, reading });
    else finish(reading, this.#end.error);
    return reading.promise;
  }

  /** Reading by this reader ends where it waits for a value: the value goes to another. */
  leave(reader: object): void {
    const left = this.#readers.filter(({ by }) => by === reader);
    for (const each of left) {
      this.#readers.splice(this.#readers.indexOf(each), 1);
      finish(each.reading, null);
    }
  }
}

function finish<T>(reader: Deferred<IteratorResult<T, undefined>>, error: Error | null): void {
  if (error === null) reader.resolve({ value: undefined, done: true });
  else reader.reject(error);
}
