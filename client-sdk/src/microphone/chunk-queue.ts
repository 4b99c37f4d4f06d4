import { ReaderQueue } from '../reader-queue.js';

/** Most milliseconds of audio that wait for a busy reader. */
export const MOST_WAITING_MS = 30_000;

/** Chunks that wait for one reader. A new chunk that does not fit into {@link MOST_WAITING_MS} is dropped and counted. */
export class ChunkQueue {
  readonly #queue = new ReaderQueue<Int16Array>();
  readonly #samplesPerMs: number;
  #droppedSamples = 0;

  constructor(sampleRate: number) {
    this.#samplesPerMs = sampleRate / 1000;
  }

  /** Milliseconds of audio that were dropped because nobody read them. */
  get droppedMs(): number {
    return Math.round(this.#droppedSamples / this.#samplesPerMs);
  }

  push(chunk: Int16Array): void {
    if (this.#queue.hasEnded || chunk.length === 0 || this.#queue.handOver(chunk)) return;
    const waiting = this.#queue.waiting.reduce((samples, { length }) => samples + length, 0);
    if (waiting + chunk.length > MOST_WAITING_MS * this.#samplesPerMs) this.#droppedSamples += chunk.length;
    else this.#queue.waiting.push(chunk);
  }

  /** No more chunks will come: once the waiting ones have been read, reading ends, or throws `error`. Only the first call counts. */
  end(error: Error | null): void {
    this.#queue.end(error);
  }

  next(): Promise<IteratorResult<Int16Array, undefined>> {
    return this.#queue.next();
  }
}
