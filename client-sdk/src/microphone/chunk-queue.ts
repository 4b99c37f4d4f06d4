import { ReaderQueue } from '../reader-queue.js';

/** Milliseconds of audio that may wait for a reader that is busy. */
export const MOST_WAITING_MS = 30_000;

/** Chunks between the audio thread and one reader; when {@link MOST_WAITING_MS} wait, the newest is dropped and counted. */
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

  /** No more chunks: once those that wait are read, reading gives the end, or throws `error`. Only the first end counts. */
  end(error: Error | null): void {
    this.#queue.end(error);
  }

  next(): Promise<IteratorResult<Int16Array, undefined>> {
    return this.#queue.next();
  }
}
