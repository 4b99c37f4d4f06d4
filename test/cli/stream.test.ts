import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMMAND } from '../support/earshot-command.js';
import { serveScripted } from '../support/scripted-server.js';

describe('earshot stream', () => {
  it('ends well at a signal while it waits for standard input, and tells what it heard', async () => {
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
});
