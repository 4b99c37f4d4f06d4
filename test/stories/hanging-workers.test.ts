import assert from 'node:assert/strict';
import { once } from 'node:events';
import { childrenOf, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { eventually } from '../support/key-files.js';
import { isLinux, needs } from '../support/needs.js';
import { START, TALKS, until } from '../support/raw-clients.js';
import { ODD_MODELS } from '../support/real-server.js';

/** A tone at full scale, on which a run of the model never ends. */
const ENDLESS = Buffer.from(Float32Array.from({ length: 48_000 }, (_, index) => Math.sign(Math.sin(index / 6))).buffer);
const FLAGS = ['--models', ODD_MODELS, '--default-model', 'hang', '--workers', '1'];

type End = readonly [number | null, NodeJS.Signals | null];

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('A server with a worker that hangs for good', function () {
  this.timeout(60_000);
  let server: ServerProcess;
  let ended: Promise<End>;
  const serve = async (flags: readonly string[]): Promise<void> => {
    server = await serveProcess([...FLAGS, ...flags]);
    ended = once(server.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  };
  afterEach(() => server.child.kill('SIGKILL'));

  const terminate = () => Promise.resolve(server.child.kill('SIGTERM'));
  const terminateTwice = async () => {
    await terminate();
    await eventually(() => server.log().includes('"draining"'));
    await terminate();
  };

  for (const [what, signals, isDrained] of [
    ['drains, and is killed then', terminate, true],
    ['is killed at a second signal', terminateTwice, false],
  ] as const)
    it(`in a thread ${what}`, async () => {
      await serve(['--run-timeout-ms', '1000', '--drain-grace-ms', isDrained ? '100' : '60000']);
      const start = { ...START, audio: { encoding: 'pcm_f32le', sample_rate: 16_000 } };
      await TALKS['ws-json'](server, [start, ENDLESS, until('gap'), signals]);
      assert.deepEqual(await ended, [null, 'SIGKILL']);
      assert.equal(server.log().includes('"drained"'), isDrained);
      assert.match(server.log(), /"threads":1.*the process is killed/);
    });

  it('in a process drains soon after the grace, however many frames would hang its next worker', async () => {
    await serve(['--isolation', 'process', '--run-timeout-ms', '2000', '--drain-grace-ms', '100']);
    const start = { ...START, audio: { encoding: 'pcm_f32le', sample_rate: 16_000 } };
    const endless = Array.from({ length: 20 }, () => ENDLESS);
    const { messages } = await TALKS['ws-json'](server, [start, ...endless, until('gap'), terminate]);
    assert.equal(messages.at(-1)!.type, 'closed');
    assert.deepEqual(await ended, [0, null]);
  });

  it('in a process ends at a second signal, together with its worker', async function () {
    needs(this, isLinux, 'Linux');
    await serve(['--isolation', 'process', '--drain-grace-ms', '60000']);
    const [worker] = childrenOf(server.child.pid!);
    process.kill(worker!, 'SIGSTOP');
    await TALKS['ws-json'](server, [START, terminateTwice]);
    assert.deepEqual(await ended, [1, null]);
    await eventually(() => !isAlive(worker!));
  });
});
