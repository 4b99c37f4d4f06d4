import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { Subscriber } from 'rxjs';
import { WebSocket } from 'ws';
import { RunningStream } from '../../server/session/running-stream.js';
import { Session } from '../../server/session/session.js';
import { serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { heldBytes } from '../support/memory.js';
import { CLOSE, START, TALKS, type Step, type WireMessage } from '../support/raw-clients.js';
import { ECHO_MODELS, serveReal } from '../support/real-server.js';
import type { Addresses } from '../support/scripted-server.js';
import { babble, pcm16, seeded } from '../support/tones.js';
import { allGone, metric, SEED, whole } from './chaos.js';
import { floorsOf, medianOf, riseOf } from './trend.js';

/** `npm run soak` runs for an hour, `EARSHOT_SOAK_MINUTES=60`, with as many streams as `EARSHOT_SOAK_STREAMS` says. */
const MINUTES = Number(process.env.EARSHOT_SOAK_MINUTES ?? 0.15);
const isLong = process.env.EARSHOT_SOAK_MINUTES !== undefined;
const STREAMS = Number(process.env.EARSHOT_SOAK_STREAMS ?? (isLong ? 70 : 8));
/** The share of the run in which caches fill and the JIT settles. */
const WARM_UP = isLong ? 0.2 : 0.4;
const MOST_RISE = 0.02;
const MOST_DRIFT = 1.5;
/** The longest call, in chunks. */
const LONGEST = isLong ? 200 : 50;
const CHUNK_MS = 100;
const BYTES_PER_MS = 32;

const SPEECH = pcm16(babble(20, SEED));

/** A call of some seconds at speaking speed; about one in ten breaks off without `close`. */
const call = async (server: Addresses, random: () => number): Promise<readonly WireMessage[]> => {
  const audio = SPEECH.subarray(0, whole(random, 15, LONGEST) * CHUNK_MS * BYTES_PER_MS);
  if (random() < 0.1) return breakOff(server, audio);
  const startedAt = performance.now();
  const steps: Step[] = [START];
  for (let at = 0; at < audio.length; at += CHUNK_MS * BYTES_PER_MS)
    steps.push(audio.subarray(at, at + CHUNK_MS * BYTES_PER_MS), () =>
      sleep(Math.max(0, startedAt + at / BYTES_PER_MS + CHUNK_MS - performance.now())),
    );
  const talks = Object.values(TALKS);
  const { messages } = await talks[whole(random, 0, talks.length - 1)]!(server, [...steps, CLOSE]);
  assert.equal(messages.at(-1)?.type, 'closed', JSON.stringify(messages.at(-1)));
  return messages;
};

const breakOff = (server: Addresses, audio: Uint8Array): Promise<readonly WireMessage[]> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://${server.http}/v1/stream`);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve([]));
    socket.on('open', () => {
      socket.send(JSON.stringify(START));
      socket.send(audio.subarray(0, 64_000));
      socket.once('message', () => socket.terminate());
    });
  });

describe(`A soak of ${MINUTES} min with ${STREAMS} streams that come and go (seed ${SEED})`, function () {
  this.timeout(0);
  let server: ServerProcess;
  before(async () => (server = await serveProcess(['--log-level', 'silent', '--resume-window-ms', '2000'])));
  after(() => server.stop('SIGTERM'));

  it('lets neither memory nor latency rise, and leaves no stream behind', async () => {
    const endsAt = performance.now() + MINUTES * 60_000;
    const isOver = () => performance.now() >= endsAt;
    const resident: number[] = [];
    const latencies: [at: number, ms: number][] = [];
    let [calls, gapMs] = [0, 0];
    const lane = async (index: number) => {
      const random = seeded(SEED + index);
      await sleep(random() * 3_000);
      while (!isOver()) {
        const messages = await call(server, random);
        calls += 1;
        gapMs += Number(messages.at(-1)?.gap_ms ?? 0);
        for (const { latency_ms: latency } of messages)
          if (latency) latencies.push([performance.now(), (latency as { total: number }).total]);
      }
    };
    const watching = (async () => {
      for (let second = 0; !isOver(); second++) {
        resident.push(await metric(server, 'earshot_resident_memory_bytes'));
        if (second % 60 === 59)
          process.stdout.write(`      minute ${(second + 1) / 60}: ${calls} calls, ${mib(resident.at(-1)!)} MiB\n`);
        await sleep(1_000);
      }
    })();
    await Promise.all([watching, ...Array.from({ length: STREAMS }, (_, index) => lane(index))]);
    const cores = (await metric(server, 'earshot_cpu_seconds')) / (MINUTES * 60);
    await allGone(server);
    const settled = resident.slice(Math.ceil(resident.length * WARM_UP));
    const rise = riseOf(floorsOf(settled, Math.min(10, settled.length)));
    const third = Math.floor(latencies.length / 3);
    const [early, late] = [latencies.slice(third, 2 * third), latencies.slice(2 * third)].map((part) =>
      medianOf(part.map(([, ms]) => ms)),
    ) as [number, number];
    process.stdout.write(
      `      ${calls} calls, ${gapMs} ms of gaps, ${cores.toFixed(2)} cores; resident ${mib(settled.at(-1)!)} MiB, ` +
        `rise ${(100 * rise).toFixed(1)} %; p50 ${early.toFixed(1)} ms, later ${late.toFixed(1)} ms\n`,
    );
    assert.equal(gapMs, 0);
    // A run of some seconds says nothing about a slope.
    if (isLong) assert.ok(rise < MOST_RISE, `resident memory rose by ${rise}`);
    if (isLong) assert.ok(late < MOST_DRIFT * early, `p50 went from ${early} to ${late} ms`);
    assert.ok(calls > STREAMS && Number.isFinite(rise) && late > 0);
  });
});

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);

describe('Of streams that have ended', function () {
  this.timeout(0);
  const KINDS = { Session, RunningStream, Subscriber };
  const counts = async () => {
    await heldBytes();
    return Object.entries(KINDS).map(([name, kind]) => [name, queryObjects(kind, { format: 'count' })] as const);
  };

  it('no session or subscription is left while the server goes on, and no handle once it has closed', async () => {
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe|File|Timeout|Immediate)/.test(name));
    const [before, opened] = [await counts(), handles()];
    const server = await serveReal({ models: ECHO_MODELS, resumeWindowMs: 500 });
    const random = seeded(SEED);
    await Promise.all(Array.from({ length: 12 }, () => call(server, random)));
    const during = TALKS['ws-json'](server, [
      START,
      SPEECH.subarray(0, 64_000),
      () => sleep(200),
      () => counting(before),
      CLOSE,
    ]);
    await during;
    await allGone(server);
    assert.deepEqual(Object.fromEntries(await counts()), Object.fromEntries(before));
    await server.running.drain();
    for (let tries = 0; tries < 50 && handles().length > opened.length; tries++) await sleep(100);
    assert.deepEqual(handles().sort(), opened.sort());
  });

  /** Asserts that the count sees a stream while there is one. */
  const counting = async (before: readonly (readonly [string, number])[]) => {
    for (const [index, [name, count]] of (await counts()).entries()) assert.ok(count > before[index]![1], name);
  };
});

describe('A trend', () => {
  it('is the rise of the values from first to last, as a share of their mean', () => {
    assert.equal(riseOf([5, 5, 5, 5]), 0);
    assert.ok(Math.abs(riseOf([90, 100, 110]) - 0.2) < 1e-12);
    assert.ok(riseOf([110, 100, 90]) < 0);
  });
  it('is seen despite the saw-teeth of garbage collection', () => {
    const saw = Array.from({ length: 100 }, (_, index) => 100 + (index % 10) * 20 + index / 10);
    assert.ok(Math.abs(riseOf(floorsOf(saw, 10)) - 9 / 104.5) < 1e-12);
  });
});
