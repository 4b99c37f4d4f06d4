import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStream as createGrpcStream } from '../../client-sdk/src/grpc.js';
import {
  createStream,
  type Intent,
  type IntentStream,
  type Reconnected,
  type StreamOptions,
} from '../../client-sdk/src/index.js';
import { protobuf } from '../../client-sdk/src/protobuf.js';
import { serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { casesOf, metric } from './chaos.js';

const STREAMS = casesOf(18, 150);
const SECONDS = casesOf(6, 30);
const GRACE_MS = 2_000;
const CHUNK_MS = 100;
const BYTES_PER_MS = 32;
/** An utterance ends where a frame ends, and the frames of another session begin elsewhere. */
const TOLERANCE_MS = 40;
/** The longest pause within an utterance: a longer silence would end it. */
const PAUSE_MS = 400 + TOLERANCE_MS;
const OPTIONS = { audio: { encoding: 'pcm_s16le', sampleRate: 16_000 }, endpointing: { silenceMs: 400 } } as const;

const readiness = async ({ http }: ServerProcess) =>
  fetch(`http://${http}/readyz`).then(
    ({ status }) => status,
    () => null,
  );

/** Chooses as a load balancer does: the first server that says it is ready. */
const balancer = (servers: readonly ServerProcess[]) => async (): Promise<ServerProcess> => {
  for (;;) {
    for (const server of servers) if ((await readiness(server)) === 200) return server;
    await sleep(20);
  }
};

type Choose = () => Promise<ServerProcess>;
type Open = (choose: Choose, options: Omit<StreamOptions, 'url'>) => IntentStream;
const OVER: readonly Open[] = [
  (choose, options) => createStream({ ...options, url: async () => `ws://${(await choose()).http}` }),
  (choose, options) => createStream({ ...options, url: async () => `ws://${(await choose()).http}`, codec: protobuf }),
  (choose, options) => createGrpcStream({ ...options, url: async () => (await choose()).grpc }),
];

interface Told {
  readonly finals: readonly Intent[];
  readonly reconnected: readonly Reconnected[];
  readonly audioMs: number;
  readonly gapMs: number;
}

/** Streams audio as it is spoken. */
const speak = async (stream: IntentStream, audio: Uint8Array): Promise<Told> => {
  const [finals, reconnected]: [Intent[], Reconnected[]] = [[], []];
  stream.on('intent', (intent) => intent.status === 'final' && finals.push(intent));
  stream.on('reconnected', (event) => reconnected.push(event));
  const startedAt = performance.now();
  for (let at = 0; at < audio.length; at += CHUNK_MS * BYTES_PER_MS) {
    await sleep(Math.max(0, startedAt + at / BYTES_PER_MS - performance.now()));
    await stream.send(audio.subarray(at, at + CHUNK_MS * BYTES_PER_MS));
  }
  const { audio_ms: audioMs, gap_ms: gapMs } = await stream.close();
  return { finals, reconnected, audioMs, gapMs };
};

/** How many milliseconds of an utterance no final covers. */
const leftOut = ({ start_ms: start, end_ms: end }: Intent, finals: readonly Intent[]): number => {
  const inside = finals.map((each) => Math.min(end, each.end_ms) - Math.max(start, each.start_ms));
  return end - start - inside.reduce((sum, ms) => sum + Math.max(0, ms), 0);
};

/** Every utterance has its final; the one that was going on when the first server ended may have two, with one of its pauses between them. */
const assertNoFinalLost = (told: Told, alone: Told, what: string): void => {
  assert.deepEqual([told.audioMs, told.gapMs], [SECONDS * 1000, 0], what);
  const missing = alone.finals.map((final) => leftOut(final, told.finals)).filter((ms) => ms > TOLERANCE_MS);
  assert.ok(missing.length <= 1 && missing.every((ms) => ms <= PAUSE_MS), `${what}: without ${missing.join()} ms`);
  const more = told.finals.length - alone.finals.length;
  assert.ok(more === 0 || more === 1, `${what}: ${told.finals.length} finals, not ${alone.finals.length}`);
  const numbers = told.finals.map(({ utterance }) => utterance);
  assert.deepEqual(numbers, [...numbers.keys()], what);
};

describe(`A server that drains under ${STREAMS} streams of ${SECONDS} s over every wire`, function () {
  this.timeout(0);
  let servers: readonly [ServerProcess, ServerProcess];
  before(async () => {
    const flags = ['--models', ECHO_MODELS, '--drain-grace-ms', String(GRACE_MS), '--log-level', 'silent'];
    servers = [await serveProcess(flags), await serveProcess(flags)];
  });
  after(() => servers[1].stop('SIGTERM'));

  it('first becomes not ready, exits with 0 within its grace, and the SDK moves every stream to another server without losing a final', async () => {
    const [first, second] = servers;
    const clips = Array.from({ length: 6 }, (_, seed) => pcm16(babble(SECONDS, seed)));
    const alone = await Promise.all(
      clips.map((clip) =>
        speak(
          OVER[0]!(() => Promise.resolve(second), OPTIONS),
          clip,
        ),
      ),
    );
    const choose = balancer(servers);
    const streams = Array.from({ length: STREAMS }, async (_, index) => {
      await sleep((index * 500) / STREAMS);
      const told = await speak(OVER[index % OVER.length]!(choose, OPTIONS), clips[index % clips.length]!);
      assertNoFinalLost(told, alone[index % clips.length]!, `stream ${index}`);
      return told;
    });
    await sleep((SECONDS * 1000) / 2);
    assert.equal(await metric(first, 'earshot_sessions'), STREAMS);
    const terminatedAt = performance.now();
    const exit = first.stop('SIGTERM');
    while ((await readiness(first)) === 200) await sleep(1);
    const whenNotReady = [await readiness(first), await metric(first, 'earshot_sessions')];
    const code = await exit;
    const drainedMs = performance.now() - terminatedAt;
    const told = await Promise.all(streams);
    const carried = told.filter(({ reconnected }) => reconnected.length === 1 && !reconnected[0]!.resumed);
    const finals = told.reduce((sum, each) => sum + each.finals.length, 0);
    process.stdout.write(
      `      drained in ${Math.round(drainedMs)} ms; ${carried.length} streams carried over, ${finals} finals\n`,
    );
    assert.deepEqual([whenNotReady[0], code, carried.length], [503, 0, STREAMS]);
    assert.ok(whenNotReady[1]! > 0, 'streams went on while it was no longer ready');
    assert.ok(drainedMs < GRACE_MS + 2_000, `${drainedMs} ms`);
    assert.ok(told.every(({ reconnected }) => reconnected.every(({ lostMs }) => lostMs === 0)));
  });
});
