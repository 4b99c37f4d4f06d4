import assert from 'node:assert/strict';
import { earshot } from '../support/earshot-command.js';
import { Authority } from '../support/certificates.js';
import { Drawer } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';
import { ECHO_MODELS, serveReal } from '../support/real-server.js';

interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly needed: boolean;
  readonly detail: string;
}

const doctor = async (environment: Record<string, string>): Promise<{ code: number | null; findings: Finding[] }> => {
  const { code, out } = await earshot(['doctor', '--json'], undefined, { EARSHOT_MODELS: ECHO_MODELS, ...environment });
  const lines = out.trim().split('\n');
  return { code, findings: lines.map((line) => JSON.parse(line) as Finding) };
};

describe('earshot doctor', function () {
  this.timeout(120_000);
  const drawer = new Drawer();
  after(() => drawer.clear());

  it('recognizes a server that asks for client certificates, on both ports', async function () {
    needs(this, hasOpenssl, 'openssl');
    const authority = new Authority(drawer.folder, 'authority');
    const { cert, key } = authority.sign('server');
    const tls = { tlsCert: cert, tlsKey: key, tlsClientCa: authority.pair.cert };
    const server = await serveReal({ models: ECHO_MODELS, ...tls });
    const { code, findings } = await doctor({
      EARSHOT_PORT: new URL(server.running.httpUrl).port,
      EARSHOT_GRPC_PORT: server.grpc.split(':')[1]!,
      EARSHOT_TLS_CERT: cert,
      EARSHOT_TLS_KEY: key,
    });
    await server.running.drain();
    const said = 'taken by a server that answers, but asks for a client certificate';
    const ports = findings.filter(({ about }) => about.startsWith('port'));
    assert.deepEqual([code, ports.map(({ detail }) => detail)], [1, [said, said]]);
    assert.ok(findings.some(({ about, ok }) => about === 'TLS certificate' && ok));
  });

  /** Settings with which `serve` does not start, each under the name of the finding about it. */
  const WRONG: Readonly<Record<string, Record<string, string>>> = {
    'TLS certificate': { EARSHOT_TLS_CERT: '/nosuch.crt', EARSHOT_TLS_KEY: '/nosuch.key' },
    'credentials of callers': { EARSHOT_KEYS_FILE: '/nosuch.json' },
    'default model': { EARSHOT_DEFAULT_MODEL: 'nosuch' },
    'port 18599 (HTTP and WebSocket)': { EARSHOT_HOST: '203.0.113.1', EARSHOT_ALLOW_UNAUTHENTICATED: 'true' },
  };
  const PORTS = { EARSHOT_PORT: '18599', EARSHOT_GRPC_PORT: '0' };

  it('says in a sentence what it cannot measure', async () => {
    const models = { EARSHOT_MODELS: ECHO_MODELS, EARSHOT_PROVIDER: 'cpu' };
    const { code, err } = await earshot(['doctor', '--tune'], undefined, { ...models, EARSHOT_PRECISION: 'int8' });
    const said = 'earshot: the model echo has no int8 variant for cpu: earshot.json has fp32 (cpu, webgpu, cuda)\n';
    assert.deepEqual([code, err], [1, said]);
  });

  it('does not print tables where JSON is asked for', async () => {
    const { code, out, err } = await earshot(['doctor', '--tune', '--json']);
    assert.deepEqual([code, out, err], [2, '', 'earshot: --tune prints tables: leave --json or --tune out\n']);
  });

  it('finds what would keep serve from starting, and says the same sentence', async () => {
    const { code, findings } = await doctor(
      Object.assign({}, PORTS, ...Object.values(WRONG)) as Record<string, string>,
    );
    assert.equal(code, 1);
    for (const [about, environment] of Object.entries(WRONG)) {
      const found = findings.find((finding) => finding.about === about)!;
      assert.deepEqual([found.ok, found.needed], [false, true], found.about);
      const settings = { EARSHOT_MODELS: ECHO_MODELS, EARSHOT_LOG_LEVEL: 'silent', EARSHOT_PROVIDER: 'cpu' };
      const served = await earshot(['serve'], undefined, { ...settings, ...PORTS, ...environment });
      assert.deepEqual([served.code, served.err], [1, `earshot: ${found.detail}\n`]);
    }
  });

  it('fails only over the provider that is asked for, not over another or an unknown variable', async () => {
    const ports = { EARSHOT_PORT: '0', EARSHOT_GRPC_PORT: '0' };
    const { code, findings } = await doctor({ EARSHOT_PROVIDER: 'cuda', EARSHOT_QUEUE_LIMT: '5', ...ports });
    const needed = findings.filter((finding) => finding.needed && finding.about.startsWith('provider'));
    assert.deepEqual(
      needed.map(({ about }) => about),
      ['provider cuda'],
    );
    assert.equal(code, needed[0]!.ok ? 0 : 1);
    const ignored = findings.find(({ about }) => about === 'environment')!;
    assert.deepEqual([ignored.ok, ignored.needed], [false, false]);
    assert.match(ignored.detail, /^EARSHOT_QUEUE_LIMT is no setting.*EARSHOT_QUEUE_LIMIT$/);
    if (!needed[0]!.ok) assert.match(needed[0]!.detail, /^the provider cuda cannot be used: .*; it needs an NVIDIA/);
  });
});
