import assert from 'node:assert/strict';
import type { StreamMessage } from '../../client-sdk/src/index.js';
import { silentLog } from '../../server/domain/log.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { deferred } from '../support/outcomes.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { assertSameDespiteCuts, storyOf, tell, TRANSPORTS } from './cuts.js';

/** `EARSHOT_CUTS=200` is the long run: `npm run test:cuts`. */
const CUTS = Number(process.env.EARSHOT_CUTS ?? 12);
const SECONDS = 20;
const AUDIO = pcm16(babble(SECONDS, 5));
const OPTIONS = {
  audio: { encoding: 'pcm_s16le', sampleRate: 16_000 },
  endpointing: { silenceMs: 400 },
} as const;

describe(`A stream whose connection is cut at random moments`, () => {
  let server: RealServer;
  const whole: Record<string, StreamMessage[]> = {};

  before(async () => {
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(() => server.running.drain());

  for (const [transport, { at, open }] of Object.entries(TRANSPORTS))
    it(`${CUTS} times over ${transport} delivers the same messages as one that is not`, async function () {
      this.timeout(0);
      whole[transport] = await tell(open(server[at], OPTIONS), AUDIO, () => undefined);
      assert.ok(whole[transport].some((message) => message.type === 'intent' && message.status === 'final'));
      let cuts = 0;
      for (let seed = 1; cuts < CUTS; seed += 1) {
        const run = { server, transport, audio: AUDIO, seed, bytesApart: AUDIO.length / 8, options: OPTIONS };
        cuts += await assertSameDespiteCuts(run, whole[transport]);
      }
    });
});

describe('A stream whose connection breaks after it has ended, before the client knows', () => {
  let ended = deferred<null>();
  let server: RealServer;

  before(async () => {
    const info = (_: object, message: string) => message === 'session ended' && ended.resolve(null);
    server = await serveReal({ models: ECHO_MODELS }, { ...silentLog, info });
  });
  after(() => server.running.drain());

  for (const [transport, { at, open }] of Object.entries(TRANSPORTS))
    it(`still delivers every message over ${transport}`, async () => {
      // So little audio that HTTP/2 need not open its windows again, which the client would notice too.
      const audio = AUDIO.subarray(0, 48_000);
      const whole = await tell(open(server[at], OPTIONS), audio, () => undefined);
      const proxy = await cuttingProxy(server[at]);
      const stream = open(proxy.address, OPTIONS);
      await stream.opened;
      ended = deferred();
      stream.on('state', ({ state }) => (proxy.isSilent = state === 'draining'));
      const telling = tell(stream, audio, () => undefined);
      await ended.promise;
      proxy.isSilent = false;
      proxy.cut();
      assert.deepEqual(storyOf(await telling), storyOf(whole));
      assert.equal(proxy.opened, 2);
      proxy.close();
    });
});
