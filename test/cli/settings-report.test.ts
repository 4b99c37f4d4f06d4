import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settings } from '../../server/cli/settings-report.js';
import { readConfig } from '../../server/config.js';

describe("earshot doctor, about an issuer's keys at an address", () => {
  let server: Server;
  let address: string;
  let answer: { status: number; body: string };
  beforeEach(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterEach(() => server.close());

  const found = async () => {
    const read = readConfig({ jwtIssuer: 'issuer', jwtAudience: 'earshot', jwtJwks: address }, {});
    assert.ok(read.ok);
    const { ok, needed, detail } = (await settings(read.config)).find(({ about }) => about === 'keys of the issuer')!;
    assert.equal(needed, true);
    return { ok, detail };
  };

  it('says how many there are', async () => {
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    answer = { status: 200, body: JSON.stringify({ keys: [key, key] }) };
    assert.deepEqual(await found(), { ok: true, detail: `${address} answers; keys: 2` });
  });

  it('objects when there are none', async () => {
    answer = { status: 200, body: '{"keys":[]}' };
    assert.deepEqual(await found(), { ok: false, detail: `${address} answers; keys: 0` });
  });

  for (const [what, wrong, sentence] of [
    ['another status', { status: 404, body: '' }, /gives no keys: .*200 OK/],
    ['no key set', { status: 200, body: '{}' }, /gives no keys: JSON Web Key Set malformed/],
  ] as const)
    it(`says why it gets none: ${what}`, async () => {
      answer = wrong;
      const { ok, detail } = await found();
      assert.equal(ok, false);
      assert.match(detail, sentence);
    });

  it('says with the error code that nobody answers', async () => {
    server.close();
    await once(server, 'close');
    assert.deepEqual(await found(), { ok: false, detail: `${address} gives no keys: ECONNREFUSED` });
  });
});
