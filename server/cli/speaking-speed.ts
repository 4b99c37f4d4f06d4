import { atSpeakingSpeed as spoken } from '../../client-sdk/src/node.js';

/** How much audio is sent at a time. */
const CHUNK_MS = 100;

/** Yields chunks of 100 ms at the times when they would have been spoken; ends without an error when `signal` is aborted. */
export const atSpeakingSpeed = (
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytesPerSecond: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> => untilAborted(spoken(chunks, bytesPerSecond, { signal }), signal);

/** The same chunks; an error that comes of aborting `signal` is no error but the end. */
export async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (problem) {
    if (!signal.aborted) throw problem;
  }
}

/** Chunks of 100 ms, the last one shorter. */
export function* inChunks(bytes: Uint8Array, bytesPerSecond: number): Generator<Uint8Array> {
  const length = Math.max(1, Math.round((bytesPerSecond * CHUNK_MS) / 1000));
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}
