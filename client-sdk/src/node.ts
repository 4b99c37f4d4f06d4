import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { pieces, type Chunk } from './chunk-bytes.js';
import type { IntentStream, Waiting } from './intent-stream.js';

export { readWav, type WavStream } from './wav-stream.js';

/**
 * A Writable that sends what is written to it: `await pipeline(process.stdin, writable(stream))`. Writing waits for room; ending it closes the stream and
 * waits until everything is classified; destroying it aborts the stream, whose end destroys it.
 */
export const writable = (stream: IntentStream): Writable => {
  const sink = new Writable({
    // Chunks as they were given: of bytes alone, a Writable would make bytes of texts and of every array.
    objectMode: true,
    highWaterMark: 1,
    write: (chunk: Chunk, _, done) => settle(stream.send(chunk), done),
    final: (done) => settle(stream.close(), done),
    destroy: (error, done) => {
      stream.abort();
      done(error);
    },
  });
  void stream.closed.then(({ error }) => error && sink.destroy(error));
  return sink;
};

/** Sends everything that a source gives (a Readable, a generator), slowed to what the network takes; does not close the stream. Rejects with EarshotError. */
export async function pipe(
  source: AsyncIterable<Chunk> | Iterable<Chunk>,
  stream: IntentStream,
  waiting: Waiting = {},
): Promise<void> {
  for await (const chunk of source) await stream.send(chunk, waiting);
}

/**
 * Gives chunks on as a microphone would: at most 100 ms at a time, each when its last sample would have been spoken, by the start's clock: no drift.
 * `bytesPerSecond` of all channels together.
 */
export async function* atSpeakingSpeed(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesPerSecond: number,
  { signal }: Waiting = {},
): AsyncGenerator<Uint8Array> {
  const pieceLength = Math.max(1, Math.round(bytesPerSecond / 10));
  const startedAt = performance.now();
  let spoken = 0;
  for await (const chunk of chunks) {
    for (const piece of pieces(chunk, pieceLength)) {
      spoken += piece.length;
      const ahead = (spoken / bytesPerSecond) * 1_000 - (performance.now() - startedAt);
      if (ahead > 0) await sleep(ahead, undefined, { signal });
      yield piece;
    }
  }
}

function settle(promise: Promise<unknown>, done: (error?: Error) => void): void {
  promise.then(
    () => done(),
    (error: unknown) => done(error as Error),
  );
}
