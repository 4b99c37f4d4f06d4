import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECT_LATER } from '../../server/cli/serve-command.js';
import { COMMAND, earshot, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { Drawer, entry, randomKey } from '../support/key-files.js';
import { isLinux, needs } from '../support/needs.js';
import { BUNDLED_MODELS, ECHO_MODELS, SAMPLES } from '../support/real-server.js';

const FREEZE = join(SAMPLES, 'freeze-card-8k-mulaw.wav');
const STEREO = join(SAMPLES, 'call-stereo-8k-mulaw.wav');

describe('The earshot command', () => {
  let server: ServerProcess;
  let url: string[];
  before(async () => {
    server = await serveProcess(['--models', BUNDLED_MODELS]);
    url = ['--url', `ws://${server.http}`, '--grpc-url', server.grpc];
  });
  after(() => server.stop('SIGTERM'));

  for (const protocol of ['json', 'proto', 'grpc'])
    it(`streams a sample over ${protocol} and prints every server message as JSON`, async () => {
      const { code, out } = await earshot(['stream', FREEZE, '--fast', '--json', '--protocol', protocol, ...url]);
      const messages = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(code, 0);
      assert.deepEqual([messages[0]?.type, messages.at(-1)?.type], ['ready', 'closed']);
      assert.equal(messages.find(({ status }) => status === 'final')?.intent, 'freeze');
    });

  it('prints plain lines when piped', async () => {
    const { out } = await earshot(['stream', FREEZE, '--fast', ...url]);
    assert.match(out, /tentative {2}.*\n/);
    assert.match(out, /FINAL {6}freeze (?:0\.\d\d|1\.00)/);
  });

  it('hears both sides of a stereo call', async () => {
    const { out } = await earshot(['stream', STEREO, '--fast', '--no-interim', ...url]);
    assert.match(out, /ch0 .*FINAL +pay_bill/);
    assert.match(out, /ch0 .*FINAL +joint_account/);
    assert.match(out, /ch1 .*FINAL/);
    assert.doesNotMatch(out, /tentative/);
  });

  it('streams a WAV, and raw audio, from standard input', async () => {
    const wav = readFileSync(FREEZE);
    const asWav = await earshot(['stream', '-', '--fast', ...url], wav);
    assert.match(asWav.out, /FINAL {6}freeze/);
    const raw = await earshot(
      ['stream', '-', '--encoding', 'mulaw', '--sample-rate', '8000', ...url],
      wav.subarray(wav.length - 60_000),
    );
    assert.match(raw.out, /FINAL {6}freeze/);
  });

  it('classifies files, and goes on after a bad one', async () => {
    const { code, out, err } = await earshot([
      'classify',
      FREEZE,
      'nosuch.wav',
      '--json',
      '--url',
      `http://${server.http}`,
    ]);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([code, answers[0]?.intent, typeof answers[1]?.error], [1, 'freeze', 'string']);
    assert.match(err, /1 of 2 files/);
  });

  it('lists and verifies the bundled models', async () => {
    const { code, out } = await earshot(['models']);
    assert.equal(code, 0, out);
    assert.match(out, /banking-intents +\d+\.\d+\.\d+ +15 +500 ms .* yes/);
  });

  it('says which package is broken, and how', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-models-'));
    cpSync(ECHO_MODELS, folder, { recursive: true });
    copyFileSync(join(ECHO_MODELS, 'echo-stateful/model.onnx'), join(folder, 'echo/model.onnx'));
    const { code, out } = await earshot(['models', '--models', folder]);
    rmSync(folder, { recursive: true });
    assert.equal(code, 1);
    assert.match(out, /echo .*SHA-256/);
    assert.match(out, /echo-stateful .*yes/);
  });

  it('doctor checks Node, models, providers and ports', async () => {
    const { out } = await earshot(['doctor', '--json']);
    const about = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { about: string }).about);
    for (const thing of [
      'Node',
      'model banking-intents',
      'provider cpu',
      'provider webgpu',
      'provider cuda',
      'port 8080 (HTTP and WebSocket)',
    ])
      assert.ok(about.includes(thing), `${thing} is not among ${about.join(', ')}`);
  });

  const ENDS: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['help', ['--help'], 0, /^$/],
    ['a version', ['--version'], 0, /^$/],
    ['an unknown command', ['listen'], 2, /unknown command 'listen'/],
    ['an unknown flag', ['serve', '--bogus'], 2, /unknown option '--bogus'/],
    ['a port that is none', ['serve', '--port', 'x'], 2, /--port "x"/],
    ['an unknown provider', ['serve', '--provider', 'tpu'], 2, /--provider "tpu"/],
    ['an unknown precision', ['serve', '--precision', 'int4'], 2, /--precision "int4"/],
    [
      'a precision that a model has not',
      [
        ...'serve --port 0 --grpc-port 0 --provider cpu --precision int8 --log-level silent --models'.split(' '),
        ECHO_MODELS,
      ],
      1,
      /the model echo has no int8 variant for cpu: earshot\.json has fp32 \(cpu, webgpu, cuda\)/,
    ],
    ['an unknown precision of a package', ['models', '--precision', 'int4'], 2, /--precision int4/],
    ['an address beyond loopback', ['serve', '--host', '0.0.0.0'], 2, /--allow-unauthenticated/],
    [
      'a models folder that is not there',
      ['serve', '--port', '0', '--grpc-port', '0', '--models', '/nosuch', '--log-level', 'silent'],
      1,
      /\/nosuch/,
    ],
    [
      'models of a folder that is not there',
      ['models', '--models', '/nosuch'],
      1,
      /^earshot: \/nosuch: there is no such folder/,
    ],
    ['a file that is not there', ['stream', 'nosuch.wav'], 1, /nosuch\.wav/],
    ['a file that is no WAV', ['stream', join(ECHO_MODELS, 'make.py')], 1, /make\.py.*RIFF/],
    [
      'no server',
      ['stream', FREEZE, '--url', 'ws://127.0.0.1:9'],
      1,
      /no Earshot server answers at ws:\/\/127\.0\.0\.1:9: start one with "earshot serve" \(connect ECONNREFUSED 127/,
    ],
    ['a hop that is no number', ['stream', FREEZE, '--hop-ms', 'soon'], 2, /--hop-ms/],
  ];
  for (const [name, args, code, sentence] of ENDS)
    it(`ends with ${code} for ${name}`, async () => {
      const ran = await earshot(args);
      assert.equal(ran.code, code, ran.err);
      assert.match(ran.err, sentence);
      assert.doesNotMatch(ran.err, /\n {4}at /);
    });

  it('doctor tells ports of a running Earshot from those of another program', async () => {
    const others = [0, 1].map(() => createServer((socket) => socket.end('220 ready\r\n')));
    for (const other of others) await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const [first, second] = others.map((other) => (other.address() as AddressInfo).port);
    const detailOf = async (http: string | number, grpc: string | number) => {
      const { out } = await earshot(['doctor', '--json'], undefined, {
        EARSHOT_PORT: String(http),
        EARSHOT_GRPC_PORT: String(grpc),
        EARSHOT_MODELS: ECHO_MODELS,
      });
      const findings = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { about: string; detail: string });
      return findings.filter(({ about }) => about.startsWith('port')).map(({ detail }) => detail);
    };
    const ours = 'an Earshot server is running there already';
    assert.deepEqual(await detailOf(server.http.split(':')[1]!, server.grpc.split(':')[1]!), [ours, ours]);
    const theirs = 'taken by a program that does not answer as Earshot does';
    assert.deepEqual(await detailOf(first!, second!), [theirs, theirs]);
    for (const other of others) other.close();
  });

  it('lists the models that the environment names', async () => {
    const { out } = await earshot(['models', '--json'], undefined, { EARSHOT_MODELS: ECHO_MODELS });
    assert.match(out, /"echo-stateful"/);
    assert.doesNotMatch(out, /banking/);
  });

  it('classifies at an address that ends with a slash, and says when the server is no Earshot', async () => {
    const other = createHttpServer((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    assert.equal((await earshot(['classify', FREEZE, '--url', `http://${server.http}/`])).code, 0);
    const { code, err } = await earshot(['classify', FREEZE, '--url', `http://127.0.0.1:${port}`]);
    assert.deepEqual([code, err.includes('answers HTTP 502 and no JSON')], [1, true]);
    other.close();
  });

  it('sets a V8 flag that this Node knows', () =>
    assert.equal(spawnSync(process.execPath, [COLLECT_LATER, '--eval', '']).status, 0));

  it('ends quietly when the reader of its output stops reading', async () => {
    const command = `${process.execPath} ${COMMAND} stream ${FREEZE} --fast --json --url ws://${server.http} | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', command]);
    assert.deepEqual([stdout.split('\n').length, stderr], [2, '']);
  });

  it('fails when its output cannot be written', async function () {
    needs(this, isLinux, 'Linux');
    const command = `${process.execPath} ${COMMAND} models --json --models ${ECHO_MODELS} > /dev/full`;
    await assert.rejects(promisify(execFile)('bash', ['-c', command]), {
      code: 1,
      stderr: /cannot be written: ENOSPC/,
    });
  });

  it('says in one sentence why a stream failed, even while it waits for standard input', async () => {
    const drawer = new Drawer();
    const key = randomKey();
    const file = drawer.put('keys.json', { keys: [entry(key, { audio_seconds_per_hour: 1 })] });
    const limited = await serveProcess(['--models', ECHO_MODELS, '--keys-file', file]);
    const sentence = /^earshot: rate_exceeded: 1 s of audio[^\n]*\n$/;
    const flags = ['--url', `ws://${limited.http}`];
    const played = await earshot(['stream', FREEZE, ...flags], undefined, { EARSHOT_KEY: key });
    assert.match(played.err, sentence);
    const child = spawn(process.execPath, [COMMAND, 'stream', '-', ...flags], {
      env: { ...process.env, EARSHOT_KEY: key },
    });
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    child.stdin.write(Buffer.alloc(96_000));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    assert.match(err, sentence);
    await limited.stop('SIGTERM');
    drawer.clear();
  });

  it('passes on why the server refuses a stream', async () => {
    const { code, err } = await earshot(['stream', FREEZE, '--model', 'nosuch', ...url]);
    assert.equal(code, 1);
    assert.match(err, /model_not_found: model "nosuch"/);
  });
});
