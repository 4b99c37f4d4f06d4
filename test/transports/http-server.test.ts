import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { shelfOf } from '../support/contexts.js';
import { classified } from '../support/outcomes.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

/** A canonical 44-byte RIFF header, written by hand, before the samples. */
const wav = (samples: Uint8Array, rate = 16_000): Buffer => {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
};

const SPEECH = pcm16(babble(3, 4));
const FORM = new FormData();
FORM.append('file', new Blob([SPEECH]));
/** What `curl -d` makes of a WAV file. */
const CUT_WAV = wav(SPEECH).filter((byte) => ![0, 10, 13].includes(byte));

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('The HTTP routes', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted();
  });
  after(() => server.close());

  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`http://${server.http}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const post = (path: string, body: Uint8Array) => call(path, { method: 'POST', body: Buffer.from(body) });

  it('say that the process lives and is ready', async () => {
    assert.deepEqual(await call('/healthz'), { status: 200, body: { status: 'alive' } });
    assert.deepEqual(await call('/readyz'), { status: 200, body: { status: 'ready' } });
  });

  it('list the models without their background labels', async () => {
    const { body } = await call('/v1/models');
    const [model] = body.models as Record<string, unknown>[];
    assert.deepEqual([model?.name, model?.labels, model?.provider], ['scripted', ['balance', 'freeze'], 'cpu']);
  });

  it('classify a WAV file', async () => {
    const { status, body } = await post('/v1/classify?top_k=1', wav(SPEECH));
    assert.equal(status, 200);
    assert.deepEqual([body.model, body.audio_ms, body.intent, body.out_of_scope], ['scripted', 3000, 'balance', false]);
    assert.equal((body.scores as unknown[]).length, 1);
    assert.ok((body.utterances as unknown[]).length >= 1);
  });

  it('classify raw audio that the query describes', async () => {
    const { status, body } = await post('/v1/classify?encoding=pcm_s16le&sample_rate=16000', SPEECH);
    assert.deepEqual([status, body.intent], [200, 'balance']);
  });

  it('classify a recording that is said to be uncompressed', async () => {
    const headers = { 'Content-Encoding': 'identity' };
    const { status } = await call('/v1/classify', { method: 'POST', body: wav(SPEECH), headers });
    assert.equal(status, 200);
  });

  it('answer silence with no utterance and no intent', async () => {
    const { body } = await post('/v1/classify', wav(new Uint8Array(64_000)));
    assert.deepEqual([body.intent, body.out_of_scope, body.score, body.utterances], [null, false, 0, []]);
  });

  const BAD: readonly (readonly [string, string, RequestInit, number, string, RegExp])[] = [
    ['garbage instead of a WAV', '/v1/classify', { method: 'POST', body: 'garbage' }, 400, 'bad_request', /RIFF/],
    ['an empty body', '/v1/classify', { method: 'POST' }, 400, 'bad_request', /0 bytes/],
    [
      'an unknown model',
      '/v1/classify?model=nosuch',
      { method: 'POST', body: wav(SPEECH) },
      404,
      'model_not_found',
      /nosuch/,
    ],
    ['an unknown parameter', '/v1/classify?speed=2', { method: 'POST', body: 'x' }, 400, 'bad_request', /speed/],
    [
      'a bad rate',
      '/v1/classify?encoding=mulaw&sample_rate=1',
      { method: 'POST', body: 'x' },
      400,
      'bad_request',
      /sample_rate 1/,
    ],
    [
      'a compressed recording',
      '/v1/classify?encoding=mulaw&sample_rate=8000',
      { method: 'POST', body: gzipSync(SPEECH), headers: { 'Content-Encoding': 'gzip' } },
      400,
      'bad_request',
      /Content-Encoding "gzip"/,
    ],
    [
      'a recording in a form',
      '/v1/classify?encoding=mulaw&sample_rate=8000',
      { method: 'POST', body: FORM },
      400,
      'bad_request',
      /"multipart\/form-data/,
    ],
    [
      'a WAV that curl -d has cut',
      '/v1/classify',
      { method: 'POST', body: CUT_WAV, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      400,
      'bad_request',
      /--data-binary/,
    ],
    ['the wrong method', '/v1/classify', {}, 405, 'bad_request', /POST/],
    ['a stream without a handshake', '/v1/stream', {}, 426, 'bad_request', /"Upgrade: websocket" did not come/],
    ['a stream that is posted', '/v1/stream', { method: 'POST', body: 'x' }, 405, 'bad_request', /GET/],
    ['an unknown path', '/v2/anything', {}, 404, 'bad_request', /\/v2\/anything/],
    ['a path out of the page folder', '/..%2f..%2fetc/passwd', {}, 404, 'bad_request', /./],
  ];
  for (const [name, path, init, status, code, sentence] of BAD)
    it(`answer ${name} with ${status}`, async () => {
      const answer = await call(path, init);
      const error = answer.body.error as Record<string, string>;
      assert.deepEqual([answer.status, error.code], [status, code]);
      assert.match(error.message ?? '', sentence);
    });

  it('refuse a recording that is too large before reading it', async () => {
    const status = await new Promise((resolve, reject) => {
      const [host, port] = server.http.split(':');
      const asked = request({
        host,
        port,
        path: '/v1/classify',
        method: 'POST',
        headers: { 'content-length': 1 << 30 },
      });
      asked.on('response', (response) => resolve(response.statusCode));
      asked.on('error', reject);
      asked.flushHeaders();
    });
    assert.equal(status, 413);
  });

  it('refuse a recording that grows too large while it comes, and answer on the same connection', async () => {
    const [host, port] = server.http.split(':');
    const socket = connect(Number(port), host);
    let received = '';
    socket.on('data', (bytes) => (received += bytes.toString('latin1')));
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(2 ** 20), Buffer.from('\r\n')]);
    socket.write('POST /v1/classify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let mebibyte = 0; mebibyte < 40; mebibyte++) socket.write(piece);
    socket.write('0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    assert.deepEqual(received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('answer overloaded when a recording could not be classified completely', async () => {
    const busy = await serveScripted({ models: shelfOf(() => Promise.resolve({ kind: 'shed' })) });
    const response = await fetch(`http://${busy.http}/v1/classify`, { method: 'POST', body: wav(SPEECH) });
    assert.equal(response.status, 503);
    await busy.close();
  });

  it('survive garbage on the port', async () => {
    const [host, port] = server.http.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]));
    await new Promise((resolve) => socket.on('close', resolve));
    assert.equal((await call('/healthz')).status, 200);
  });

  it('rank utterances: the surest that is in scope gives the intent of the recording', async () => {
    let frame = 0;
    const models = shelfOf(() => Promise.resolve(classified(++frame < 4 ? [1.5, 0, 0] : [0, 6, 0])));
    const two = await serveScripted({ models });
    const silence = new Uint8Array(64_000);
    const response = await fetch(`http://${two.http}/v1/classify`, {
      method: 'POST',
      body: wav(Buffer.concat([SPEECH.subarray(0, 32_000), silence, SPEECH.subarray(0, 48_000), silence])),
    });
    const body = (await response.json()) as { intent: string; utterances: { intent: string | null }[] };
    assert.equal(body.intent, 'freeze');
    assert.equal(body.utterances.length, 2);
    await two.close();
  });
});
