import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { unlessAborted } from './aborting.js';
import { pieces, type Chunk } from './chunk-bytes.js';
import { quiet } from './deferred.js';
import { EarshotError } from './earshot-error.js';
import type { IntentStream, Waiting } from './intent-stream.js';
import { leavable, letGo } from './leavable.js';

export { readWav, type WavStream } from './wav-stream.js';

/**
 * A Writable that sends the audio written to it, as in `await pipeline(process.stdin, writable(stream))`. Each write waits for room.
 * Ending it closes the stream and waits until everything is classified; destroying it aborts the stream. An error that ends the
 * stream destroys it with that error.
 */
export const writable = (stream: IntentStream): Writable => {
  const sink = new Writable({
    // Object mode passes chunks on unchanged. Otherwise a Writable would convert strings and arrays of any type to bytes.
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

/**
 * Sends all chunks of a source (a Readable, a generator), no faster than the network allows. Does not close the stream. Rejects with
 * EarshotError as `send` does, and with an error of the source; as soon as the stream ends or the signal fires, also while the source
 * gives nothing. The source is let go of then: a Readable is destroyed.
 */
export async function pipe(
  source: AsyncIterable<Chunk> | Iterable<Chunk>,
  stream: IntentStream,
  waiting: Waiting = {},
): Promise<void> {
  const over = new AbortController();
  const ended = new EarshotError('invalid_state', 'pipe() needs a stream that was not closed; this one is closed');
  void stream.closed.then(({ error }) => over.abort(error ?? ended));
  const chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isAsked = false;
  try {
    for (;;) {
      isAsked = true;
      const next = unlessAborted(Promise.resolve(chunks.next()), over.signal, 'pipe()');
      const result = await unlessAborted(next, waiting.signal, 'pipe()');
      isAsked = false;
      if (result.done === true) return;
      await stream.send(result.value, waiting);
    }
  } catch (problem) {
    // A source that was asked for a chunk returns only once it has one, unless it is let go of.
    if (isAsked) letGo(source);
    const returned = quiet(Promise.resolve(chunks.return?.()));
    if (!isAsked) await returned;
    throw over.signal.aborted ? over.signal.reason : problem;
  }
}

/**
 * Yields audio at speaking speed, as a microphone would: pieces of at most 100 ms, each at the time when its last sample would have
 * been spoken. Times are computed from the start, so that delays do not add up. `bytesPerSecond` counts all channels together.
 * Throws an AbortError when `signal` fires while it waits, and EarshotError `bad_request` when `bytesPerSecond` is no number above 0.
 */
export function atSpeakingSpeed(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesPerSecond: number,
  waiting: Waiting = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return leavable(spoken(chunks, bytesPerSecond, waiting), chunks);
}

async function* spoken(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesPerSecond: number,
  { signal }: Waiting,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(bytesPerSecond > 0))
    throw new EarshotError('bad_request', `bytesPerSecond ${bytesPerSecond} is no number of bytes above 0`);
  const pieceLength = Math.max(1, Math.round(bytesPerSecond / 10));
  const startedAt = performance.now();
  let spoken = 0;
  for await (const chunk of chunks) {
    for (const piece of pieces(chunk, pieceLength)) {
      spoken += piece.length;
      const ahead = (spoken / bytesPerSecond) * 1_000 - (performance.now() - startedAt);
      if (ahead > 0 || signal?.aborted) await sleep(Math.max(0, ahead), undefined, { signal });
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
