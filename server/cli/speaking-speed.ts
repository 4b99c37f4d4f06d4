import { setTimeout as delay } from 'node:timers/promises';

/** How much audio goes out at a time. */
const CHUNK_MS = 100;

/** Cuts audio into chunks of 100 ms and lets each go when it would have been spoken, by the start's clock: no drift. */
export async function* atSpeakingSpeed(
  bytes: Uint8Array,
  bytesPerSecond: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const startedAt = performance.now();
  let played = 0;
  for (const chunk of inChunks(bytes, bytesPerSecond)) {
    played += chunk.length;
    const due = startedAt + (played * 1000) / bytesPerSecond;
    const wait = due - performance.now();
    if (wait > 1) await delay(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    yield chunk;
  }
}

/** Chunks of 100 ms, the last one shorter. */
export function* inChunks(bytes: Uint8Array, bytesPerSecond: number): Generator<Uint8Array> {
  const length = Math.max(1, Math.round((bytesPerSecond * CHUNK_MS) / 1000));
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}
