import { Deferred } from './deferred.js';

/** Values that wait for readers, or readers that wait for values: first come, first served. */
export class ReaderQueue<T> {
  /** Values that nobody has read yet, oldest first. The owner of the queue may add and remove values, and limits their number. */
  readonly waiting: T[] = [];
  readonly #readers: Deferred<IteratorResult<T, undefined>>[] = [];
  #end: { readonly error: Error | null } | null = null;

  get hasEnded(): boolean {
    return this.#end !== null;
  }

  /** Gives a value to the reader that has waited longest; false when no reader is waiting. */
  handOver(value: T): boolean {
    const reader = this.#readers.shift();
    reader?.resolve({ value, done: false });
    return reader !== undefined;
  }

  /** No more values will come: once the waiting ones have been read, reading ends, or throws `error`. Only the first call counts. */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    for (const reader of this.#readers.splice(0)) finish(reader, error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const reader = new Deferred<IteratorResult<T, undefined>>();
    if (this.waiting.length > 0) reader.resolve({ value: this.waiting.shift()!, done: false });
    else if (this.#end === null) this.#readers.push(reader);
    else finish(reader, this.#end.error);
    return reader.promise;
  }
}

function finish<T>(reader: Deferred<IteratorResult<T, undefined>>, error: Error | null): void {
  if (error === null) reader.resolve({ value: undefined, done: true });
  else reader.reject(error);
}
