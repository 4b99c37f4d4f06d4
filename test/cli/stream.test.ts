import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND, earshot } from '../support/earshot-command.js';
import { mp3Of } from '../support/mp3s.js';
import { SAMPLES } from '../support/real-server.js';
import { serveScripted } from '../support/scripted-server.js';

describe('earshot stream', () => {
  it('ends normally at a signal while it waits for standard input, and prints what it heard', async () => {
    const server = await serveScripted();
    const child = spawn(process.execPath, [COMMAND, 'stream', '-', '--json', '--url', `ws://${server.http}`]);
    const ended = once(child, 'close') as Promise<[number]>;
    let out = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stdin.write(Buffer.alloc(64_000));
    while (!out.includes('"ready"')) await once(child.stdout, 'data');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    assert.match(out, /"type":"closed".*"audio_ms":2000/);
    await server.close();
  });

  for (const [length, what] of [
    [0xffff_ffff, 'without its length, as from a recorder that goes on'],
    [320_000, 'that is still being written'],
  ] as const)
    it(`plays a WAV on standard input ${what}, as it comes`, async () => {
      const server = await serveScripted();
      const child = spawn(process.execPath, [COMMAND, 'stream', '-', '--json', '--url', `ws://${server.http}`]);
      const ended = once(child, 'close') as Promise<[number]>;
      let [out, err] = ['', ''];
      child.stdout.on('data', (text: Buffer) => (out += text.toString()));
      child.stderr.on('data', (text: Buffer) => (err += text.toString()));
      const wav = Buffer.from(readFileSync(join(SAMPLES, 'balance-16k.wav')).subarray(0, 44 + 64_000));
      wav.writeUInt32LE(length, 40);
      // In two parts: a pipe may cut a header anywhere.
      child.stdin.write(wav.subarray(0, 30));
      setTimeout(() => child.stdin.write(wav.subarray(30)), 100);
      while (!out.includes('"speech_started"')) await once(child.stdout, 'data');
      child.kill('SIGINT');
      assert.deepEqual(await ended, [0, null], err);
      assert.match(out, /"type":"closed"/);
      assert.equal(err, '');
      await server.close();
    });

  it('does not stream to the default address of one protocol where that of another is given', async () => {
    const grpc = await earshot(['stream', '-', '--protocol', 'grpc', '--url', 'ws://far:8080']);
    assert.deepEqual([grpc.code, grpc.err.includes('--protocol grpc needs --grpc-url')], [2, true], grpc.err);
    const json = await earshot(['stream', '-', '--grpc-url', 'far:50051']);
    assert.deepEqual([json.code, json.err.includes('--grpc-url is for --protocol grpc')], [2, true], json.err);
  });

  it('does not take another kind of audio file on standard input for raw audio', async () => {
    for (const [opening, kind] of [
      ['RIFX', 'RIFX, a WAV with big-endian samples'],
      ['ID3\u0003', 'an MP3'],
      ['fLaC', 'FLAC'],
      ['OggS', 'Ogg (Opus or Vorbis)'],
      ['\u001aE\u00df\u00a3', 'Matroska or WebM'],
    ] as const) {
      const input = Buffer.concat([Buffer.from(opening, 'latin1'), Buffer.alloc(3_200)]);
      const { code, err } = await earshot(['stream', '-', '--url', 'ws://127.0.0.1:9'], input);
      assert.equal(code, 1);
      const told = `earshot: standard input: not a WAV file that can be read: it begins with ${JSON.stringify(opening)}, not "RIFF": it is ${kind}; let ffmpeg or sox make a WAV of it`;
      assert.equal(err.trim(), told);
    }
  });

  it('plays an RF64 or BW64 file on standard input', async () => {
    const server = await serveScripted();
    const wav = readFileSync(join(SAMPLES, 'balance-16k.wav')).subarray(0, 44 + 32_000);
    const ds64 = Buffer.alloc(36);
    ds64.write('ds64');
    ds64.writeUInt32LE(28, 4);
    ds64.writeBigUInt64LE(32_000n, 16);
    const unknown = Buffer.alloc(4, 0xff);
    for (const opening of ['RF64', 'BW64']) {
      const head = [Buffer.from(opening), unknown, wav.subarray(8, 12), ds64, wav.subarray(12, 40), unknown];
      const input = Buffer.concat([...head, wav.subarray(44), Buffer.from('axml\x04\0\0\0<a/>')]);
      const { code, out } = await earshot(['stream', '-', '--fast', '--json', '--url', `ws://${server.http}`], input);
      assert.equal(code, 0);
      assert.match(out, /"type":"closed".*"audio_ms":1000/);
    }
    await server.close();
  });

  it('does not take an MP3 without tags for raw audio', async function () {
    const input = mp3Of(this, ['-ar', '44100', '-b:a', '128k']);
    const { code, err } = await earshot(['stream', '-', '--url', 'ws://127.0.0.1:9'], input);
    assert.equal(code, 1);
    assert.match(
      err,
      /^earshot: standard input: not a WAV file that can be read: .*: it is an MP3; let ffmpeg or sox .*\n$/,
    );
  });

  it('ends with an error where standard input gives nothing, as after a recorder that failed', async () => {
    const { code, err } = await earshot(['stream', '-', '--url', 'ws://127.0.0.1:9'], new Uint8Array(0));
    assert.deepEqual([code, err], [1, 'earshot: standard input has ended at once: there is no audio\n']);
  });

  it('does not pass over what is said of a file as if it were raw audio', async () => {
    for (const flag of [
      ['--encoding', 'mulaw'],
      ['--sample-rate', '8000'],
      ['--channels', '2'],
    ]) {
      const { code, err } = await earshot(['stream', 'call.ulaw', ...flag]);
      assert.deepEqual(
        [code, err],
        [
          2,
          `earshot: ${flag[0]} is for raw audio, which is streamed from standard input: earshot stream - < call.ulaw\n`,
        ],
      );
    }
  });

  it('names the folder or the file that it cannot read, once', async () => {
    for (const [path, code] of [
      [tmpdir(), 'EISDIR'],
      [join(tmpdir(), 'nosuch.wav'), 'ENOENT'],
    ] as const) {
      const { err } = await earshot(['stream', path, '--url', 'ws://127.0.0.1:9']);
      assert.ok(err.includes(code) && err.split(path).length === 2, err);
    }
  });
});
