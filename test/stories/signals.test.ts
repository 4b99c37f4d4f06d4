import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { metric } from '../chaos/chaos.js';
import { childrenOf, COMMAND, serveProcess } from '../support/earshot-command.js';
import { eventually } from '../support/key-files.js';
import { isLinux, needs } from '../support/needs.js';
import { CLOSE, START, TALKS } from '../support/raw-clients.js';
import { BUNDLED_MODELS, ECHO_MODELS } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';

const ARGS = ['serve', '--port', '0', '--grpc-port', '0', '--provider', 'cpu', '--models', BUNDLED_MODELS];

interface Starting {
  readonly child: ChildProcess;
  readonly ended: Promise<[number | null, string | null]>;
  readonly log: () => string;
}

/** A server whose models are being loaded. */
const starting = async (): Promise<Starting> => {
  const child = spawn(process.execPath, [COMMAND, ...ARGS], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  await eventually(() => log.includes('"loading models"'));
  return { child, ended, log: () => log };
};

describe('Signals to a server whose models are being loaded', function () {
  this.timeout(60_000);

  it('end it in order, with exit code 0, as soon as the models are loaded', async () => {
    const { child, ended, log } = await starting();
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    assert.match(log(), /"signal":"SIGTERM".*"draining"/);
    assert.match(log(), /"drained"/);
  });

  it('change the level of its log, and reload the models as soon as they are loaded', async () => {
    const { child, ended, log } = await starting();
    child.kill('SIGUSR2');
    child.kill('SIGHUP');
    await eventually(() => log().includes('the models were reloaded'));
    assert.match(log(), /"level":"debug".*the log level was changed/);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });
});

describe('Signals to the whole process group of a server, as dumb-init and a closed terminal send them', function () {
  this.timeout(60_000);

  it('end no worker process', async function () {
    needs(this, isLinux, 'Linux');
    const server = await serveProcess(['--models', ECHO_MODELS, '--isolation', 'process', '--workers', '1']);
    const workers = childrenOf(server.child.pid!);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.kill(workers[0]!, signal);
    const { messages } = await TALKS['ws-json'](server, [START, pcm16(babble(3, 21)), CLOSE]);
    assert.equal(messages.at(-1)?.gap_ms, 0);
    assert.deepEqual(childrenOf(server.child.pid!), workers);
    assert.equal(await metric(server, 'earshot_worker_restarts_total'), 0);
    assert.equal(await server.stop('SIGTERM'), 0);
  });
});
