import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { ECHO_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import { assertNoGrowth, casesOf, pick, randomBytes, runCases, seedNote, whole, withNeighbour } from './chaos.js';
import { mutated } from './mutations.js';

const CASES = casesOf(200, 100_000);
const HEADER = 44;

type Random = () => number;

/** A tenth of a second of a WAV file, with faults in its header. */
const brokenWav =
  (file: string) =>
  (random: Random): Buffer => {
    const wav = readFileSync(join(SAMPLES, file)).subarray(0, HEADER + 3_200);
    return Buffer.concat([mutated(random, wav.subarray(0, HEADER + 14)), wav.subarray(HEADER + 14)]);
  };

const multipart = (random: Random): Buffer => {
  const boundary = '----x';
  const wav = brokenWav('balance-16k.wav')(random);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n`;
  return mutated(random, Buffer.concat([Buffer.from(head), wav, Buffer.from(`\r\n--${boundary}--\r\n`)]));
};

const BODIES: readonly ((random: Random) => Buffer)[] = [
  brokenWav('balance-16k.wav'),
  brokenWav('freeze-card-8k-mulaw.wav'),
  brokenWav('call-stereo-8k-mulaw.wav'),
  multipart,
  (random) => randomBytes(random, whole(random, 0, 200)),
  (random) =>
    Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'), randomBytes(random, whole(random, 0, 99))]),
];

const QUERIES = [
  '',
  '?top_k=3',
  '?top_k=0',
  '?model=nosuch',
  '?encoding=mulaw&sample_rate=8000',
  '?encoding=pcm_f32le&sample_rate=8000&channels=8',
  '?%',
  '?sample_rate=1e9',
];
const TYPES = ['audio/wav', 'multipart/form-data; boundary=----x', 'application/json', '\u00ff'];
/** Accepted, or refused because of what was sent; never an error of the server. */
const ANSWERS = new Set([200, 400, 404]);

interface Asked {
  readonly agent: Agent;
  readonly server: RealServer;
}

const post = (
  { agent, server }: Asked,
  path: string,
  type: string,
  body: Buffer,
): Promise<{ status?: number; text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(`http://${server.http}${path}`, { agent, method: 'POST', headers: { 'Content-Type': type } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    asked.end(body);
  });

const misask = async (to: Asked, seed: number): Promise<void> => {
  const random = seeded(seed);
  const body = pick(random, BODIES)(random);
  const path = `/v1/classify${pick(random, QUERIES)}`;
  const { status, text } = await post(to, path, pick(random, TYPES), body);
  assert.ok(ANSWERS.has(status!), `${path} was answered with ${status}: ${text}`);
  const answer = JSON.parse(text) as { error?: { message: string }; audio_ms?: number };
  if (status === 200) assert.ok(answer.audio_ms! >= 0);
  else assert.ok(answer.error!.message.length > 10, text);
};

describe('A recording with faults', function () {
  this.timeout(0);
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(() => server.running.drain());

  it(`is classified or refused, disturbs nobody and leaves nothing behind ${seedNote(CASES)}`, async () => {
    const misaskAll = async (cases: number) => {
      // New connections each time: the server may close an idle one just when it is used again.
      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      await withNeighbour(server, () => runCases(cases, 8, (seed) => misask({ agent, server }, seed)));
      agent.destroy();
    };
    await assertNoGrowth(
      8 * 2 ** 20,
      () => misaskAll(64),
      () => misaskAll(CASES),
    );
  });
});
