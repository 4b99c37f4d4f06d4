import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { wavOf } from '../support/chromium.js';
import { COMMAND } from '../support/earshot-command.js';
import { isLinux, needs } from '../support/needs.js';
import { CLOSE, START, TALKS, until, type Step } from '../support/raw-clients.js';
import { ECHO_MODELS } from '../support/real-server.js';
import type { Addresses } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { metric } from './chaos.js';

const SPEECH = pcm16(babble(2, 3));
const FLAGS = ['--models', ECHO_MODELS, '--provider', 'cpu', '--port', '0', '--grpc-port', '0'];

/** File descriptors that a server has left. */
const SPARE = 40;

const FIVE_MINUTES = wavOf(
  16_000,
  new Int16Array(300 * 16_000).map((_, at) => 8_000 * Math.sin(at)),
);

interface Started extends Addresses {
  readonly child: ChildProcess;
  stop(): Promise<number | null>;
}

/** A server; `log` is where its standard error goes. */
const start = async (
  log: number | 'pipe',
  node: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Started> => {
  const child = spawn(process.execPath, [...node, COMMAND, 'serve', ...FLAGS, ...more], {
    stdio: ['ignore', 'pipe', log],
  });
  let banner = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (text: Buffer) => {
      banner += text.toString();
      if (banner.includes('Try next')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${banner}`)));
  });
  return {
    child,
    http: /http:\/\/(\S+)\//.exec(banner)![1]!,
    grpc: /gRPC +(\S+)/.exec(banner)![1]!,
    stop: async () => {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
};

const assertServes = async (server: Addresses): Promise<void> => {
  const { messages } = await TALKS['ws-json'](server, [START, SPEECH, CLOSE]);
  assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.gap_ms], ['closed', 0]);
};

describe('A server on a machine in trouble', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-short-'));
  before(function () {
    needs(this, isLinux, 'Linux (prlimit and /proc)');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('serves, and exits with 0, when there was never room on the disk for its log', async () => {
    const log = openSync('/dev/full', 'w');
    const server = await start(log);
    closeSync(log);
    await assertServes(server);
    assert.equal(await server.stop(), 0);
  });

  it('serves when nobody reads its log and its banner', async () => {
    const server = await start('pipe');
    server.child.stderr!.destroy();
    server.child.stdout!.destroy();
    for (let call = 0; call < 3; call++) await assertServes(server);
    assert.equal(await server.stop(), 0);
  });

  it('says how many lines of its log were lost when the disk was full for a while', async function () {
    const disk = join(folder, 'disk');
    try {
      execFileSync('mkdir', [disk]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      needs(this, false, 'the right to mount a small disk');
    }
    try {
      const log = openSync(join(disk, 'log'), 'a');
      const server = await start(log);
      closeSync(log);
      writeFileSync(join(disk, 'other'), Buffer.alloc(60 * 1024 - statSync(join(disk, 'log')).size));
      for (let call = 0; call < 40; call++) await Promise.all(Array.from({ length: 20 }, () => refused(server)));
      await assertServes(server);
      rmSync(join(disk, 'other'));
      await assertServes(server);
      assert.equal(await server.stop(), 0);
      const lines = readFileSync(join(disk, 'log'), 'utf8').trim().split('\n');
      const torn = lines.filter((line) => !line.endsWith('}'));
      assert.ok(torn.length <= 1, 'at most the line on which the disk was full is cut short');
      const said = lines
        .filter((line) => line.includes('lines of the log were lost'))
        .map((line) => JSON.parse(line) as { lines: number });
      assert.equal(said.length, 1);
      assert.ok(said[0]!.lines > 100);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  const refused = (server: Addresses) => TALKS['ws-json'](server, [{ ...START, model: 'nosuch' }]);

  it('keeps its streams when file descriptors run out, and takes new callers afterwards', async () => {
    const server = await start('pipe', [], ['--max-sessions', '1000000']);
    let log = '';
    server.child.stderr!.on('data', (text: Buffer) => (log += text.toString()));
    while (!log.includes('fewer files may be open than streams')) await sleep(10);
    // Node itself needs more than a hundred descriptors to start.
    const { pid } = server.child;
    const most = readdirSync(`/proc/${pid}/fd`).length + SPARE;
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}`]);
    const sockets: Socket[] = [];
    const exhaust: Step = async () => {
      for (let each = 0; each < 3 * SPARE; each++) {
        const [host, port] = server.http.split(':');
        sockets.push(connect(Number(port), host).on('error', () => undefined));
      }
      await sleep(500);
    };
    const release: Step = async () => {
      for (const socket of sockets) socket.destroy();
      await sleep(200);
    };
    const { messages } = await TALKS['ws-json'](server, [
      START,
      SPEECH,
      until('intent'),
      exhaust,
      SPEECH,
      release,
      CLOSE,
    ]);
    assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.gap_ms], ['closed', 0]);
    await assertServes(server);
    assert.ok((await metric(server, 'earshot_cpu_seconds')) < 20, 'it did not spin');
    assert.equal(await server.stop(), 0);
  });

  it('takes no more streams when memory runs out, and goes on with those that it has', async () => {
    const idle = await start('pipe');
    const resident = Math.round((await metric(idle, 'earshot_resident_memory_bytes')) / 2 ** 20);
    await idle.stop();
    // Long recordings, kept until they are answered, fill the memory that is left.
    const server = await start('pipe', [], ['--max-memory-mb', String(resident + 60)]);
    server.child.stderr!.resume();
    const recordings: Promise<Response>[] = [];
    const fill: Step = async () => {
      for (let each = 0; each < 8; each++)
        recordings.push(fetch(`http://${server.http}/v1/classify`, { method: 'POST', body: FIVE_MINUTES }));
      for (;;) {
        const { messages } = await TALKS['ws-json'](server, [START, CLOSE]);
        if (messages.at(-1)?.code === 'overloaded') {
          assert.match(String(messages.at(-1)?.message), /MiB of memory/);
          return;
        }
      }
    };
    const { messages } = await TALKS['ws-json'](server, [START, SPEECH, until('intent'), fill, SPEECH, CLOSE]);
    assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.gap_ms], ['closed', 0]);
    for (const recording of recordings) await (await recording).arrayBuffer();
    assert.equal(await server.stop(), 0);
  });

  it('serves a stream as always while the wall clock jumps a day back and forth', async () => {
    const jumping = join(folder, 'jumping.mjs');
    writeFileSync(
      jumping,
      'const now = Date.now; let sign = 1; setInterval(() => (sign = -sign), 100).unref(); Date.now = () => now() + sign * 86_400_000;',
    );
    const server = await start('pipe', ['--import', jumping]);
    server.child.stderr!.resume();
    const steps: Step[] = [START];
    for (let second = 0; second < 3; second++) steps.push(SPEECH, () => sleep(150));
    const { messages } = await TALKS['ws-json'](server, [...steps, CLOSE]);
    const warnings = messages.filter(({ type }) => type === 'warning' || type === 'error' || type === 'gap');
    assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.audio_ms, warnings], ['closed', 6_000, []]);
    for (const { latency_ms: latency } of messages)
      if (latency) assert.ok(Math.abs((latency as { total: number }).total) < 60_000);
    assert.equal(await server.stop(), 0);
  });
});
