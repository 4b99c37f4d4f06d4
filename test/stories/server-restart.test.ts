import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createStream, type Intent, type Reconnected, type StreamMessage } from '../../client-sdk/src/index.js';
import { readWav } from '../../client-sdk/src/node.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { serveProcess } from '../support/earshot-command.js';
import { SAMPLES } from '../support/real-server.js';

const CALL = join(SAMPLES, 'call-stereo-8k-mulaw.wav');
const BYTES_PER_MS = 16;
const CHUNK_MS = 100;
/** An utterance ends where a frame ends, and the frames of another session begin elsewhere. */
const TOLERANCE_MS = 40;

interface Told {
  readonly finals: readonly Intent[];
  readonly reconnected: readonly Reconnected[];
  readonly audioMs: number;
}

/** When the server is restarted: after `sentMs` of audio, once a message has come for which `announced` holds. */
interface Moment {
  readonly sentMs: number;
  readonly announced: (message: StreamMessage) => boolean;
}

/** Streams the call, and at `moment` waits for `meanwhile`. */
const streamCall = async (address: string, moment: Moment | null, meanwhile: () => Promise<void>): Promise<Told> => {
  const { audio, chunks } = await readWav(createReadStream(CALL, { highWaterMark: CHUNK_MS * BYTES_PER_MS }));
  const stream = createStream({ url: `ws://${address}`, audio });
  const finals: Intent[] = [];
  const reconnected: Reconnected[] = [];
  const isAnnounced = new Promise<void>((resolve) => {
    stream.on('message', (message) => moment?.announced(message) && resolve());
  });
  stream.on('intent', (intent) => intent.status === 'final' && finals.push(intent));
  stream.on('reconnected', (event) => reconnected.push(event));
  let sentMs = 0;
  for await (const chunk of chunks) {
    await stream.send(chunk);
    const before = sentMs;
    sentMs += chunk.length / BYTES_PER_MS;
    if (moment === null || before >= moment.sentMs || sentMs < moment.sentMs) continue;
    await isAnnounced;
    await meanwhile();
  }
  const { audio_ms: audioMs } = await stream.close();
  return { finals, reconnected, audioMs };
};

/** Only what is sure: the agent's utterances fit no intent, and score a little differently when frames begin elsewhere. */
const brief = ({ channel, utterance, intent }: Intent) => ({
  channel,
  utterance,
  ...(channel === 0 && utterance < 2 && { intent }),
});

const MOMENTS: readonly (readonly [string, NodeJS.Signals, Moment])[] = [
  [
    'killed in the middle of an utterance',
    'SIGKILL',
    {
      sentMs: 14_500,
      announced: (message) => message.type === 'intent' && message.channel === 0 && message.end_ms >= 14_000,
    },
  ],
  [
    'drained between two utterances',
    'SIGTERM',
    { sentMs: 7_550, announced: (message) => message.type === 'utterance_end' && message.end_ms >= 6_000 },
  ],
];

describe('A server that is restarted in mid-stream', function () {
  this.timeout(120_000);

  for (const [how, signal, moment] of MOMENTS)
    it(`and ${how} loses nothing of the call`, async () => {
      const flags = ['--drain-grace-ms', '100'];
      let server = await serveProcess(flags);
      const proxy = await cuttingProxy(() => server.http);
      const whole = await streamCall(server.http, null, () => Promise.resolve());
      const told = await streamCall(proxy.address, moment, async () => {
        await server.stop(signal);
        server = await serveProcess(flags);
      });
      assert.deepEqual(told.finals.map(brief), whole.finals.map(brief));
      told.finals.forEach((final, index) => {
        const expected = whole.finals[index]!;
        for (const edge of ['start_ms', 'end_ms'] as const)
          assert.ok(
            Math.abs(final[edge] - expected[edge]) <= TOLERANCE_MS,
            `${index} ${edge}: ${final[edge]}, not ${expected[edge]}`,
          );
      });
      assert.deepEqual([told.reconnected, told.audioMs], [[{ resumed: false, lostMs: 0 }], whole.audioMs]);
      proxy.close();
      await server.stop('SIGTERM');
    });
});
