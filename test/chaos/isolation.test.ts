import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { heldBytes } from '../support/memory.js';
import { hasSox, needs, RECORDINGS } from '../support/needs.js';
import { CLOSE, START, strip, TALKS, type Step, type Talk, type WireMessage } from '../support/raw-clients.js';
import { BUNDLED_MODELS, ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16, randomChunks, seeded } from '../support/tones.js';
import { casesOf, SEED } from './chaos.js';

const STREAMS = casesOf(200, 500);
/** What a process may keep after its streams: caches of the runtime, not streams. One stream's audio alone is 64 KiB a frame. */
const KEPT_BYTES = 16 * 2 ** 20;

const said = (messages: readonly WireMessage[]) => messages.slice(1).map(strip);

/** How much a matrix product may differ with the number of its rows (model packages: rows are equal within 1e-4). */
const TOLERANCE = 1e-4;

/** Asserts that two values are the same, with every number within the tolerance. */
const assertSame = (actual: unknown, expected: unknown, what: string): void => {
  if (typeof expected === 'number')
    assert.ok(Math.abs((actual as number) - expected) <= TOLERANCE, `${what}: ${String(actual)}, not ${expected}`);
  else if (expected instanceof Object) {
    assert.deepEqual(Object.keys(actual as object).sort(), Object.keys(expected).sort(), what);
    for (const [key, value] of Object.entries(expected))
      assertSame((actual as Record<string, unknown>)[key], value, `${what}.${key}`);
  } else assert.equal(actual, expected, what);
};

/** What a talk receives after its start. A full server says when to try again, and this does so, as any caller would. */
const told = async (talk: Talk, server: RealServer, steps: () => Step[]): Promise<unknown[]> => {
  for (;;) {
    const { messages } = await talk(server, steps());
    const [first] = messages;
    if (first?.code !== 'overloaded') return said(messages);
    await sleep(Number(first.retry_after_ms));
  }
};

/** Sends a part of the audio, then cuts the connection without `close`. */
const abort = (server: RealServer, audio: Uint8Array, start: object): Promise<void> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://${server.http}/v1/stream`);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.on('open', () => {
      socket.send(JSON.stringify(start));
      socket.send(audio.subarray(0, audio.length >> 1));
      socket.once('message', () => socket.terminate());
    });
  });

/** Chunks with pauses of up to 100 ms now and then, as a network delivers them. */
function* jittered(chunks: Iterable<Uint8Array>, random: () => number): Generator<Step> {
  for (const chunk of chunks) {
    yield chunk;
    const ms = random() < 0.2 ? random() * 100 : 0;
    if (ms > 0) yield () => sleep(ms);
  }
}

/** Many streams at once over every wire, randomly chunked, a third of them aborted; each of the others must get exactly its own predictions. */
const tellApart = async (
  server: RealServer,
  clips: readonly Uint8Array[],
  start: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const talks = Object.values(TALKS);
  const alone: unknown[] = [];
  for (const clip of clips)
    alone.push(said((await talks[0]!(server, [start, ...randomChunks(clip, 12_000, 0), CLOSE])).messages));
  const random = seeded(SEED);
  const round = () =>
    Promise.all(
      Array.from({ length: STREAMS }, async (_, index) => {
        const clip = clips[index % clips.length]!;
        if (random() < 1 / 3) return abort(server, clip.subarray(0, Math.floor(random() * clip.length)), start);
        const steps = (): Step[] => [start, ...jittered(randomChunks(clip, 12_000, index), random), CLOSE];
        const heard = await told(talks[index % talks.length]!, server, steps);
        assertSame(heard, alone[index % clips.length], `stream ${index}`);
      }),
    );
  await round();
  const before = await heldBytes();
  await round();
  const after = await heldBytes();
  assert.ok(after - before < KEPT_BYTES, `${after - before} bytes were kept`);
};

/** 16 kHz PCM of a recording, by sox. */
const pcmOf = (file: string): Uint8Array =>
  execFileSync('sox', ['-q', file, '-r', '16000', '-c', '1', '-b', '16', '-e', 'signed', '-L', '-t', 'raw', '-'], {
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const recordings = (root: string, count: number): Uint8Array[] =>
  readdirSync(root)
    .filter((name) => name.startsWith('en-'))
    .slice(0, count)
    .map((folder) => pcmOf(join(root, folder, readdirSync(join(root, folder)).sort()[0]!)));

describe(`Interleaved streams (${STREAMS}, seed ${SEED})`, () => {
  for (const model of ['echo', 'echo-stateful'])
    it(`each get exactly their own predictions, and leave nothing behind (${model})`, async function () {
      this.timeout(0);
      const server = await serveReal({ models: ECHO_MODELS });
      await tellApart(
        server,
        Array.from({ length: 20 }, (_, seed) => pcm16(babble(4, seed))),
        { ...START, model, endpointing: { silence_ms: 400 } },
      );
      await server.running.drain();
    });

  it('of real speech each get exactly their own predictions from the bundled model', async function () {
    this.timeout(0);
    needs(this, RECORDINGS !== null && hasSox, 'the recordings of ../shared/data/minds14, and sox');
    const clips = recordings(RECORDINGS, 20);
    const server = await serveReal({ models: BUNDLED_MODELS });
    await tellApart(server, clips, START);
    await server.running.drain();
  });
});
