import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IntentStream, Reconnected, StreamMessage } from '../../client-sdk/src/index.js';
import { storyOf, TRANSPORTS } from '../client-sdk/cuts.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16, seeded } from '../support/tones.js';
import { unreliableProxy, type UnreliableProxy } from '../support/unreliable-proxy.js';
import { allGone, casesOf, metric, SEED, seedNote } from './chaos.js';

const ROUNDS = casesOf(1, 40);
const AUDIO = pcm16(babble(12, 5));
const CHUNK_BYTES = 3_200;
const OPTIONS = {
  audio: { encoding: 'pcm_s16le', sampleRate: 16_000 },
  endpointing: { silenceMs: 400 },
} as const;

interface Told {
  readonly messages: readonly StreamMessage[];
  readonly reconnected: readonly Reconnected[];
}

/** Streams the audio ten times as fast as it is spoken, and does `betweenChunks` after each chunk. */
const tell = async (stream: IntentStream, betweenChunks: (chunk: number) => void): Promise<Told> => {
  const messages: StreamMessage[] = [];
  const reconnected: Reconnected[] = [];
  stream.on('message', (message) => messages.push(message));
  stream.on('reconnected', (event) => reconnected.push(event));
  await stream.opened;
  for (let at = 0; at < AUDIO.length; at += CHUNK_BYTES) {
    await stream.send(AUDIO.subarray(at, at + CHUNK_BYTES));
    betweenChunks(at / CHUNK_BYTES);
    await sleep(10);
  }
  await stream.close();
  return { messages, reconnected };
};

describe('A bad network', function () {
  this.timeout(0);
  let server: RealServer;
  const whole: Record<string, Record<string, unknown>[]> = {};

  before(async () => {
    server = await serveReal({
      models: ECHO_MODELS,
      idleTimeoutMs: 1_500,
      pingIntervalMs: 250,
      resumeWindowMs: 10_000,
    });
    for (const [transport, { at, open }] of Object.entries(TRANSPORTS))
      whole[transport] = storyOf((await tell(open(server[at], OPTIONS), () => undefined)).messages);
  });
  after(() => server.running.drain());

  const through = async (
    transport: string,
    to: RealServer,
    run: (proxy: UnreliableProxy, stream: IntentStream) => Promise<void>,
  ) => {
    const { at, open } = TRANSPORTS[transport]!;
    const proxy = await unreliableProxy(to[at]);
    const stream = open(proxy.address, OPTIONS);
    try {
      await run(proxy, stream);
    } finally {
      stream.abort();
      proxy.close();
    }
  };

  const assertWhole = (transport: string, told: Told): void =>
    assert.deepEqual(storyOf(told.messages), whole[transport], transport);

  for (const transport of Object.keys(TRANSPORTS)) {
    it(`that delays, stalls and cuts changes no message of a stream over ${transport} ${seedNote(ROUNDS)}`, async () => {
      for (let round = 0; round < ROUNDS; round++)
        await through(transport, server, async (proxy, stream) => {
          const random = seeded(SEED + round);
          proxy.delayMs = () => (random() < 0.02 ? random() * 200 : random() * 15);
          assertWhole(transport, await tell(stream, () => random() < 0.03 && proxy.cut()));
        });
    });

    it(`that freezes a connection is noticed, and the stream resumes without loss over ${transport}`, () =>
      through(transport, server, async (proxy, stream) => {
        const told = await tell(stream, (chunk) => chunk === 50 && proxy.freeze());
        assertWhole(transport, told);
        assert.deepEqual(told.reconnected, [{ resumed: true, lostMs: 0 }]);
      }));

    it(`that cuts off the client for good is noticed by the server's pings over ${transport}`, async () => {
      const brief = await serveReal({ models: ECHO_MODELS, pingIntervalMs: 250, resumeWindowMs: 500 });
      await through(transport, brief, async (proxy, stream) => {
        await stream.opened;
        proxy.freeze();
        stream.abort();
        while ((await metric(brief, 'earshot_sessions_lost')) === 0) await sleep(10);
        await allGone(brief);
      });
      await brief.running.drain();
    });
  }
});
