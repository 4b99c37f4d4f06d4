import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasFfmpeg, output } from '../audio/oracle.js';
import { earshot } from '../support/earshot-command.js';
import { Drawer } from '../support/key-files.js';
import { hasSox, needs } from '../support/needs.js';
import { SAMPLES } from '../support/real-server.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const WHOLE = readFileSync(join(SAMPLES, 'balance-16k.wav'));
const BYTES_PER_SECOND = 32_000;
const CUT = WHOLE.subarray(0, 44 + 1.5 * BYTES_PER_SECOND);
const DECLARED = ((WHOLE.length - 44) / BYTES_PER_SECOND).toFixed(2);
const told = (name: string): string => `${name} is cut off: it declares ${DECLARED} s of audio, and has 1.50 s\n`;

describe('A WAV that was cut off', () => {
  const drawer = new Drawer();
  let server: ScriptedServer;
  before(async () => {
    server = await serveScripted();
  });
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const stream = (file: string, input?: Uint8Array) =>
    earshot(['stream', file, '--fast', '--json', '--url', `ws://${server.http}`], input);

  it('is streamed as far as it goes, and what is missing is told', async () => {
    const file = drawer.put('cut.wav', CUT);
    for (const [name, run] of [
      [file, await stream(file)],
      ['standard input', await stream('-', CUT)],
    ] as const) {
      assert.deepEqual([run.code, run.err], [0, told(name)]);
      assert.match(run.out, /"type":"closed".*"audio_ms":1500/);
    }
  });

  it('is classified as far as it goes, and what is missing is told', async () => {
    const file = drawer.put('cut.wav', CUT);
    const whole = drawer.put('whole.wav', WHOLE);
    const { code, out, err } = await earshot(['classify', whole, file, '--json', '--url', `http://${server.http}`]);
    assert.deepEqual([code, err], [0, told(file)]);
    assert.match(out, /"audio_ms":1500/);
  });

  it('is told from one that was written to a pipe by sox', async function () {
    needs(this, hasSox, 'sox');
    const { code, err } = await stream('-', output('sox', ['-t', 'wav', '-', '-t', 'wav', '-'], WHOLE));
    assert.deepEqual([code, err], [0, '']);
  });

  it('is told from one that was written to a pipe by ffmpeg', async function () {
    needs(this, hasFfmpeg, 'ffmpeg');
    const quiet = ['-hide_banner', '-loglevel', 'error'];
    const { code, err } = await stream('-', output('ffmpeg', [...quiet, '-i', '-', '-f', 'wav', '-'], WHOLE));
    assert.deepEqual([code, err], [0, '']);
  });
});
