import assert from 'node:assert/strict';
import { ChunkQueue, MOST_WAITING_MS } from '../../client-sdk/src/microphone/chunk-queue.js';
import { loudness, toInt16 } from '../../client-sdk/src/microphone/samples.js';

const RATE = 16_000;
const CHUNK_MS = 50;
const chunk = (number: number): Int16Array => new Int16Array((RATE * CHUNK_MS) / 1000).fill(number);

describe("The microphone's queue", () => {
  it('gives chunks in order, to a reader that waits and to one that comes later', async () => {
    const queue = new ChunkQueue(RATE);
    const early = queue.next();
    for (const number of [1, 2, 3]) queue.push(chunk(number));
    const read = [await early, await queue.next(), await queue.next()].map(({ value }) => value![0]);
    assert.deepEqual(read, [1, 2, 3]);
  });

  it('ends only after the waiting chunks are read', async () => {
    const queue = new ChunkQueue(RATE);
    queue.push(chunk(1));
    queue.end(null);
    queue.push(chunk(2));
    assert.equal((await queue.next()).value![0], 1);
    assert.equal((await queue.next()).done, true);
  });

  it('rejects every reader with its error', async () => {
    const queue = new ChunkQueue(RATE);
    const waiting = queue.next();
    queue.end(new Error('unplugged'));
    queue.end(null);
    await assert.rejects(waiting, /unplugged/);
    await assert.rejects(queue.next(), /unplugged/);
  });

  it('holds thirty seconds, drops what comes after that, and counts it', async () => {
    const queue = new ChunkQueue(RATE);
    const held = MOST_WAITING_MS / CHUNK_MS;
    for (let number = 0; number < held + 4; number++) queue.push(chunk(number));
    assert.equal(queue.droppedMs, 4 * CHUNK_MS);
    assert.equal((await queue.next()).value![0], 0);
    queue.push(chunk(-1));
    for (let number = 1; number < held; number++) assert.equal((await queue.next()).value![0], number);
    assert.equal((await queue.next()).value![0], -1);
  });
});

describe("The microphone's samples", () => {
  it('span 16 bits, and are clamped', () =>
    assert.deepEqual(
      [...toInt16(Float32Array.of(-2, -1, -0.5, 0, 0.5, 1, 2))],
      [-32768, -32768, -16384, 0, 16384, 32767, 32767],
    ));

  it('are as loud as their root mean square', () => {
    assert.equal(loudness(Float32Array.of(0.5, -0.5, 0.5, -0.5)), 0.5);
    assert.equal(loudness(new Float32Array(0)), 0);
  });
});
