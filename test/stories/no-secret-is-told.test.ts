import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { earshot, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { bearer, callOverGrpc, inProtocol, inUrl, knock, type Shown } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { START } from '../support/raw-clients.js';
import { ECHO_MODELS } from '../support/real-server.js';

const ISSUER = 'https://issuer.example';
const SUBJECT = 'somebody-7';

describe('No secret is revealed', function () {
  this.timeout(60_000);
  const drawer = new Drawer();
  const [filed, inEnvironment, wrong] = [randomKey(), randomKey(), randomKey()];
  const secrets = new Set([filed, inEnvironment, wrong]);
  const answers: string[] = [];
  let server: ServerProcess;
  let jwts: readonly string[];

  before(async () => {
    const [good, bad] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const sign = (key: CryptoKey) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setAudience('earshot')
        .setSubject(SUBJECT)
        .setExpirationTime('1h')
        .sign(key);
    jwts = await Promise.all([sign(good.privateKey), sign(bad.privateKey)]);
    const jwks = drawer.put('jwks.json', { keys: [{ ...(await exportJWK(good.publicKey)), kid: 'k1', alg: 'ES256' }] });
    const keys = drawer.put('keys.json', { keys: [entry(filed, { name: 'call-centre' })] });
    server = await serveProcess(
      [
        ...['--models', ECHO_MODELS, '--log-level', 'trace', '--keys-file', keys],
        ...['--jwt-issuer', ISSUER, '--jwt-audience', 'earshot', '--jwt-jwks', jwks],
      ],
      { EARSHOT_API_KEYS: `ci=${inEnvironment}` },
    );
  });
  after(async () => {
    await server.stop('SIGTERM');
    drawer.clear();
  });

  const WAYS: readonly ((secret: string) => Shown)[] = [
    bearer,
    inProtocol,
    inUrl,
    (secret) => ({ headers: { Authorization: secret } }),
    (secret) => ({ headers: { Authorization: `Basic ${secret}` } }),
    (secret) => ({ protocols: [`earshot.bearer.${secret}`] }),
    (secret) => ({ protocols: ['earshot.v1.json', secret] }),
    (secret) => ({ protocols: [secret] }),
    (secret) => ({ protocols: [`Earshot.Bearer.${secret}`] }),
    (secret) => ({ query: `?token=${secret}&encoding=nonsense` }),
  ];
  const REQUESTS = [
    ['GET', '/v1/models'],
    ['POST', '/v1/tokens'],
    ['POST', '/v1/classify'],
    ['GET', '/metrics'],
    ['GET', '/nowhere'],
  ] as const;

  const showOverWebSocket = async (way: Shown): Promise<void> => {
    const opened = await knock(`ws://${server.http}`, way);
    answers.push(opened.body, JSON.stringify(opened.headers), opened.socket.protocol);
    if (opened.status !== 101) return;
    opened.socket.send(JSON.stringify({ ...START, model: 'nosuch' }));
    await opened.end;
    answers.push(JSON.stringify(opened.messages));
  };

  const showOverHttp = async ({ headers = {}, query = '' }: Shown): Promise<void> => {
    for (const [method, path] of REQUESTS) {
      const response = await fetch(`http://${server.http}${path}${query}`, { method, headers });
      const text = await response.text();
      const token = /"token":"([^"]+)"/.exec(text)?.[1];
      if (token === undefined) answers.push(text);
      else secrets.add(token);
    }
  };

  const showEverywhere = async (secret: string): Promise<void> => {
    secrets.add(secret);
    for (const part of secret.split('.').filter(({ length }) => length > 20)) secrets.add(part);
    for (const way of WAYS.map((make) => make(secret))) {
      await showOverWebSocket(way);
      await showOverHttp(way);
      const problem = await callOverGrpc(server, way.headers ?? {});
      answers.push(JSON.stringify([problem?.details, problem?.metadata]));
    }
  };

  it('in the most verbose log or in an answer, whichever way it was sent and whether it was right or wrong', async () => {
    for (const secret of [filed, inEnvironment, wrong, ...jwts]) await showEverywhere(secret);
    const issued = [...secrets].filter((secret) => secret.startsWith('est_'));
    assert.ok(issued.length > 0);
    for (const token of issued.slice(0, 2)) {
      await showEverywhere(token);
      await showEverywhere(token);
    }
    // The log is complete once every session that was opened has ended in it.
    await eventually(() => server.log().split('session ended').length === server.log().split('session opened').length);
    const told = [server.log(), server.banner, ...answers].join('\n');
    for (const secret of secrets) assert.ok(!told.includes(secret), `${secret} was told`);
    assert.match(server.log(), /"identity":"key:call-centre"/);
  });

  it('and the identity of a caller is logged only in the field of that name', () => {
    for (const line of server.log().split('\n').filter(Boolean)) {
      const others = JSON.stringify({ ...(JSON.parse(line) as object), identity: null });
      assert.ok(!others.includes(SUBJECT) && !others.includes('call-centre'), line);
    }
    assert.ok(server.log().includes(`"identity":"jwt:${ISSUER}#${SUBJECT}"`));
  });

  it('by a server that does not start', async () => {
    for (const keys of [`a=${wrong.slice(0, 20)}`, `${wrong},${wrong}!`]) {
      const { code, err } = await earshot(['serve', '--port', '0'], undefined, { EARSHOT_API_KEYS: keys });
      assert.equal(code, 2);
      assert.match(err, /EARSHOT_API_KEYS: key \d/);
      assert.ok(!err.includes(wrong.slice(0, 20)));
    }
  });
});
