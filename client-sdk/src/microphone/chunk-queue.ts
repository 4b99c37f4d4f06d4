import { Deferred } from '../deferred.js';

/** Milliseconds of audio that may wait for a reader that is busy. */
export const MOST_WAITING_MS = 30_000;

type Result = IteratorResult<Int16Array, undefined>;

/** Chunks between the audio thread and one reader; when {@link MOST_WAITING_MS} wait, the newest is dropped and counted. */
export class ChunkQueue {
  readonly #waiting: Int16Array[] = [];
  readonly #readers: Deferred<Result>[] = [];
  readonly #samplesPerMs: number;
  #waitingSamples = 0;
  #droppedSamples = 0;
  #end: { readonly error: Error | null } | null = null;

  constructor(sampleRate: number) {
    this.#samplesPerMs = sampleRate / 1000;
  }

  /** Milliseconds of audio that were dropped because nobody read them. */
  get droppedMs(): number {
    return Math.round(this.#droppedSamples / this.#samplesPerMs);
  }

  push(chunk: Int16Array): void {
    if (this.#end !== null || chunk.length === 0) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ value: chunk, done: false });
      return;
    }
    if (this.#waitingSamples + chunk.length > MOST_WAITING_MS * this.#samplesPerMs) {
      this.#droppedSamples += chunk.length;
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingSamples += chunk.length;
  }

  /** No more chunks: once those that wait are read, reading gives the end, or throws `error`. Only the first end counts. */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<Result> {
    const reader = new Deferred<Result>();
    const chunk = this.#take();
    if (chunk !== undefined) reader.resolve({ value: chunk, done: false });
    else if (this.#end === null) this.#readers.push(reader);
    else this.#finish(reader);
    return reader.promise;
  }

  #take(): Int16Array | undefined {
    const chunk = this.#waiting.shift();
    this.#waitingSamples -= chunk?.length ?? 0;
    return chunk;
  }

  #finish(reader: Deferred<Result>): void {
    const error = this.#end?.error ?? null;
    if (error === null) reader.resolve({ value: undefined, done: true });
    else reader.reject(error);
  }
}
