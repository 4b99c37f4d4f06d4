import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../support/certificates.js';
import { earshot } from '../support/earshot-command.js';
import { Drawer } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';
import { ECHO_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';

const FREEZE = join(SAMPLES, 'freeze-card-8k-mulaw.wav');

describe('A server whose certificate comes from a private authority', function () {
  this.timeout(120_000);
  const drawer = new Drawer();
  let authority: Authority;
  let server: RealServer;
  let commands: Record<string, string[]>;
  before(async function () {
    needs(this, hasOpenssl, 'openssl');
    authority = new Authority(drawer.folder, 'authority');
    const { cert, key } = authority.sign('server');
    server = await serveReal({ models: ECHO_MODELS, tlsCert: cert, tlsKey: key });
    const { httpUrl, grpcAddress } = server.running;
    commands = {
      'stream over WebSocket': ['stream', FREEZE, '--fast', '--url', httpUrl.replace('https', 'wss')],
      'stream over gRPC': [
        'stream',
        FREEZE,
        '--fast',
        '--protocol',
        'grpc',
        '--grpc-url',
        `https://localhost:${grpcAddress.split(':')[1]}`,
      ],
      classify: ['classify', FREEZE, '--url', httpUrl],
    };
  });
  after(async () => {
    if (hasOpenssl) await server.running.drain();
    drawer.clear();
  });

  for (const command of ['stream over WebSocket', 'stream over gRPC', 'classify'])
    it(`is reached by ${command} with its authority in NODE_EXTRA_CA_CERTS; without it, the error says why not`, async () => {
      const refused = await earshot(commands[command]!);
      assert.equal(refused.code, 1);
      assert.match(
        refused.err,
        /^earshot: no Earshot server answers at [^\n]*unable to verify the first certificate[^\n]*\n$/,
      );
      const trust = { NODE_EXTRA_CA_CERTS: authority.pair.cert, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: '' };
      const vouched = await earshot(commands[command]!, undefined, trust);
      assert.equal(vouched.code, 0, vouched.err);
    });

  it('is asked by doctor --bundle whether it is ready', async () => {
    const file = `${drawer.folder}/report.json`;
    await earshot(['doctor', '--bundle', file], undefined, {
      EARSHOT_MODELS: ECHO_MODELS,
      EARSHOT_PORT: new URL(server.running.httpUrl).port,
      EARSHOT_TLS_CERT: `${drawer.folder}/authority-server.crt`,
      EARSHOT_TLS_KEY: `${drawer.folder}/authority-server.key`,
    });
    const { running } = JSON.parse(readFileSync(file, 'utf8')) as { running: Record<string, string> };
    assert.equal(running['/readyz'], '{"status":"ready"}');
  });
});
