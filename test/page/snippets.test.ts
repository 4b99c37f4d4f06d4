import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { readWav } from '../../server/audio/wav.js';
import { SNIPPETS, type OnScreen } from '../../server/page/live/snippets.js';
import { ensureBuilt, run, SDK } from '../client-sdk/client-package.js';
import { earshot } from '../support/earshot-command.js';
import { hasSox, needs } from '../support/needs.js';
import { BUNDLED_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';

const FILE = join(SAMPLES, 'freeze-card-8k-mulaw.wav');

/** The programs that the page offers for copying do what the page does. */
describe('The code of the page', function () {
  this.timeout(60_000);
  let server: RealServer;
  let folder: string;
  let screen: OnScreen;
  let audio: Uint8Array;

  before(async () => {
    await ensureBuilt();
    server = await serveReal({ models: BUNDLED_MODELS });
    folder = mkdtempSync(join(SDK, 'dist/snippets-'));
    const wav = readWav(readFileSync(FILE));
    assert.ok(wav.kind === 'audio');
    audio = wav.audio;
    screen = {
      server: `ws://${server.http}`,
      model: 'banking-intents',
      way: 'recording',
      file: FILE,
      isWav: true,
      audio: { encoding: 'mulaw', sampleRate: 8_000, channels: 1 },
    };
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.running.drain();
  });

  it('runs in Node under the name that it gives, in a folder that npm init made', async () => {
    const code = SNIPPETS.Node!(screen);
    const file = join(folder, / \| node (\S+)$/m.exec(code)![1]!);
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(file, code);
    const { code: exit, out, err } = await run(file, [], audio);
    assert.deepEqual([exit, err], [0, '']);
    assert.match(out, /final freeze 0\.9/);
  });

  it('runs on the command line', async () => {
    const words = SNIPPETS['Command line']!(screen).replace('\\\n', '').split(/\s+/).slice(2);
    const { code, out } = await earshot([...words, '--fast', '--json']);
    assert.equal(code, 0);
    assert.match(out, /"status":"final".*"intent":"freeze"/);
  });

  it('reads a recording that is no WAV, whatever its name, as the page has heard it', function () {
    needs(this, hasSox, 'sox');
    const file = "-a caller's (1).ogg";
    execFileSync('sox', [FILE, '-r', '44100', '-c', '2', `./${file}`], { cwd: folder });
    const audio = { encoding: 'pcm_f32le', sampleRate: 16_000, channels: 1 } as const;
    const other = { ...screen, file, isWav: false, audio };
    const shell = (line: string): Buffer => execFileSync('sh', ['-c', line], { cwd: folder, maxBuffer: 1 << 26 });
    const raw = shell(/^\/\/ (sox .*) \| node/m.exec(SNIPPETS.Node!(other))![1]!);
    const seconds = readWav(shell(/^(sox .*) \| npx/.exec(SNIPPETS['Command line']!(other))![1]!));
    assert.ok(seconds.kind === 'audio');
    assert.equal(raw.length, 4 * Math.round(((seconds.audio.length / 4) * 16_000) / 44_100));
  });

  it('streams from any language', async () => {
    const [, url] = /^(ws:\S+)$/m.exec(SNIPPETS['Any language']!(screen))!;
    const socket = new WebSocket(url!);
    const finals: unknown[] = [];
    socket.on('open', () => {
      socket.send(audio);
      socket.send('{"type":"close"}');
    });
    socket.on('message', (text: Buffer) => {
      const message = JSON.parse(text.toString()) as { status?: string; intent?: string };
      if (message.status === 'final') finals.push(message.intent);
    });
    await new Promise((resolve) => socket.on('close', resolve));
    assert.deepEqual(finals, ['freeze']);
  });
});
