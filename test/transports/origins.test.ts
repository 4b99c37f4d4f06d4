import assert from 'node:assert/strict';
import { bearer, handshake, type Shown } from '../support/knocking.js';
import { Drawer, entry, randomKey } from '../support/key-files.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const ALLOWED = 'https://calls.example';

const from = (origin: string, host?: string): Shown => ({
  headers: { Origin: origin, ...(host !== undefined && { Host: host }) },
});

describe('Pages of other sites', () => {
  const drawer = new Drawer();
  const [free, bound] = [randomKey(), randomKey()];
  let open: ScriptedServer;
  let keyed: ScriptedServer;
  before(async () => {
    const keys = [entry(free), entry(bound, { name: 'shop', origins: ['https://shop.example'] })];
    open = await serveScripted({}, { allowOrigin: [ALLOWED] });
    keyed = await serveScripted({}, { allowOrigin: [ALLOWED], keysFile: drawer.put('keys.json', { keys }) });
  });
  after(async () => {
    await open.close();
    await keyed.close();
    drawer.clear();
  });

  const CASES: readonly (readonly [string, Shown, number, number])[] = [
    // What the page is; its request; the answer of a server without authentication; the answer to a key.
    ['a program that is no page', {}, 101, 101],
    ["the server's own page", from('http://192.0.2.7:8080', '192.0.2.7:8080'), 101, 101],
    ["the server's own page at a name", from('https://ears.example', 'ears.example'), 403, 101],
    ['a page on loopback', from('http://localhost:3000'), 101, 101],
    ['a page on loopback, IPv6', from('http://[::1]:3000'), 101, 101],
    ['a page that the operator allows', from(ALLOWED), 101, 101],
    ['another site', from('https://evil.example'), 403, 403],
    ['an allowed host without TLS', from('http://calls.example'), 403, 403],
    ['an allowed host at another port', from(`${ALLOWED}:8443`), 403, 403],
    ['a host that begins like an allowed one', from(`${ALLOWED}.evil.example`), 403, 403],
    ['a host that begins like loopback', from('http://127.0.0.1.evil.example'), 403, 403],
    ['a name like localhost', from('http://localhost.evil.example'), 403, 403],
    ['a sandboxed frame', from('null'), 403, 403],
    ['an origin that is none', from('nonsense'), 403, 403],
    ['another port of the server', from('http://192.0.2.7:9999', '192.0.2.7:8080'), 403, 403],
  ];
  for (const [name, shown, unasked, asked] of CASES)
    it(`${name}: ${unasked} without authentication, ${asked} with a key`, async () => {
      assert.equal(await handshake(open, shown), unasked);
      assert.equal(await handshake(keyed, { headers: { ...shown.headers, ...bearer(free).headers } }), asked);
    });

  it('may use a key with a list of origins only from that list; programs may always use it', async () => {
    const at = (origin: string) => handshake(keyed, { headers: { ...bearer(bound).headers, Origin: origin } });
    assert.deepEqual(
      [await at('https://shop.example'), await at(ALLOWED), await at('http://localhost:3000')],
      [101, 403, 403],
    );
    assert.equal(await handshake(keyed, bearer(bound)), 101);
  });

  it('may not post recordings or ask for tokens either, and read nothing through CORS', async () => {
    for (const path of ['/v1/classify', '/v1/tokens']) {
      const refused = await fetch(`http://${open.http}${path}`, {
        method: 'POST',
        body: 'x',
        headers: { Origin: 'https://evil.example' },
      });
      assert.equal(refused.status, 403);
      assert.match(await refused.text(), /permission_denied.*https:\/\/evil\.example.*--allow-origin/);
    }
    const allowed = await fetch(`http://${open.http}/v1/models`, { headers: { Origin: ALLOWED } });
    assert.equal(allowed.headers.get('access-control-allow-origin'), null);
  });
});

describe('Every HTTP answer', () => {
  it('forbids browsers to run it, to frame it or to guess its type', async () => {
    const server = await serveScripted({}, { apiKeys: [entry(randomKey()) as never] });
    for (const path of ['/', '/operations', '/live.js', '/healthz', '/metrics', '/v1/models', '/nowhere', '//']) {
      const { headers } = await fetch(`http://${server.http}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /unsafe|\*/, path);
      for (const [name, value] of [
        ['x-content-type-options', 'nosniff'],
        ['x-frame-options', 'DENY'],
        ['referrer-policy', 'no-referrer'],
        ['cross-origin-resource-policy', 'same-origin'],
        ['cross-origin-opener-policy', 'same-origin'],
      ] as const)
        assert.equal(headers.get(name), value, `${name} of ${path}`);
    }
    await server.close();
  });
});
