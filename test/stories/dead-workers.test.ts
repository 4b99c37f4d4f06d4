import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { metric } from '../chaos/chaos.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';
import { childrenOf, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { eventually } from '../support/key-files.js';
import { isLinux, needs } from '../support/needs.js';
import { serviceIn, START, TALKS, until, type Step } from '../support/raw-clients.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(4, 21));
const FLAGS = ['--isolation', 'process', '--workers', '1', '--drain-grace-ms', '300'];

const Health = serviceIn(
  loadPackageDefinition(loadSync(protoPath, { keepCase: true, enums: String })),
  'grpc.health.v1.Health',
) as new (
  address: string,
  channel: object,
) => { Watch(request: object): NodeJS.ReadableStream & { cancel(): void }; close(): void };

/** The statuses that a gRPC health check receives: the first, then one at each change. */
const watchHealth = ({ grpc }: ServerProcess): { told: string[]; end: () => Promise<unknown> } => {
  const client = new Health(grpc, credentials.createInsecure());
  const told: string[] = [];
  const call = client.Watch({ service: 'earshot.v1.IntentService' });
  call.on('data', ({ status }: { status: string }) => told.push(status));
  const ended = once(call, 'error');
  const end = () => {
    call.cancel();
    client.close();
    return ended;
  };
  return { told, end };
};

describe('Workers that cannot start again, because the files of their model were changed', function () {
  this.timeout(60_000);
  let folder: string;
  let server: ServerProcess;
  beforeEach(async function () {
    needs(this, isLinux, 'Linux');
    folder = packagesFolder();
    writeEcho(folder, '1.0.0', 40);
    server = await serveProcess(['--models', folder, ...FLAGS]);
  });
  afterEach(async () => {
    if (!isLinux) return;
    assert.equal(await server.stop('SIGTERM'), 0);
    rmSync(folder, { recursive: true });
  });

  const workers = (): number[] => childrenOf(server.child.pid!);
  const ready = async () => (await fetch(`http://${server.http}/readyz`)).status;

  it('make /readyz and gRPC health checks report not ready, until good files are there', async () => {
    const { told, end } = watchHealth(server);
    await eventually(() => told.length === 1);
    writeFileSync(join(folder, 'echo', 'model.onnx'), 'no graph');
    process.kill(workers()[0]!, 'SIGKILL');
    await eventually(() => told.length === 2);
    assert.equal(await ready(), 503);
    writeEcho(folder, '2.0.0', 30);
    await eventually(() => told.length === 3);
    assert.equal(await ready(), 200);
    assert.deepEqual(told, ['SERVING', 'NOT_SERVING', 'SERVING']);
    await end();
  });

  it('of replaced models do not leave a stream with nothing but gaps: it is asked to reconnect, then ended', async () => {
    const [old] = workers();
    const replace: Step = async () => {
      writeEcho(folder, '2.0.0', 30);
      await eventually(async () => (await metric(server, 'earshot_models_retiring')) === 1);
      process.kill(old!, 'SIGKILL');
    };
    const steps = [START, SPEECH, until('intent'), replace, until('reconnect')];
    const { messages, end } = await TALKS['ws-json'](server, steps);
    assert.deepEqual([messages.at(-1)?.type, end], ['closed', 1001]);
    assert.match(server.log(), /"reason":"no inference worker of theirs is left".*asked to reconnect/);
    await eventually(async () => (await metric(server, 'earshot_models_retiring')) === 0);
    assert.equal(await ready(), 200);
  });
});
