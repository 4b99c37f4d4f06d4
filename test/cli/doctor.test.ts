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

  it('knows a server that asks for client certificates, on both ports', async function () {
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
  });
});
