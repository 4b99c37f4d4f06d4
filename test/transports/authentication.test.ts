import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { bearer, callOverGrpc, handshake, inProtocol, inUrl, knock, OVER } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { START } from '../support/raw-clients.js';
import { handshake as rawHandshake, rawSocket } from '../support/raw-socket.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

const GOOD = randomKey();
const OTHER = randomKey();
const EXPIRED = randomKey();
const OPERATOR = randomKey();

const tokenOf = async (server: ScriptedServer, key: string): Promise<string> => {
  const response = await fetch(`http://${server.http}/v1/tokens`, { method: 'POST', ...bearer(key) });
  return ((await response.json()) as { token: string }).token;
};

describe('A server with API keys', () => {
  const drawer = new Drawer();
  let server: ScriptedServer;
  before(async () => {
    const keysFile = drawer.put('keys.json', {
      keys: [
        entry(GOOD),
        entry(OTHER, { name: 'others' }),
        entry(EXPIRED, { expires: '2020-01-01T00:00:00Z' }),
        entry(OPERATOR, { name: 'operator', metrics: true }),
      ],
    });
    server = await serveScripted({}, { keysFile });
  });
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const tokenFor = (key: string): Promise<string> => tokenOf(server, key);

  const WRONG: readonly (readonly [string, () => string])[] = [
    ['another key', randomKey],
    ['a key cut short', () => GOOD.slice(0, -1)],
    ['an expired key', () => EXPIRED],
    ['the hash of a key', () => String(entry(GOOD).sha256)],
    ['a JWT where none is accepted', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['a token that was never issued', () => 'est_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ];

  for (const [wire, come] of Object.entries(OVER)) {
    it(`lets a caller with a key in over ${wire}`, async () => assert.equal(await come(server, bearer(GOOD)), 'in'));

    it(`lets nobody in without credentials over ${wire}`, async () =>
      assert.equal(await come(server, {}), 'unauthenticated'));

    for (const [name, credential] of WRONG)
      it(`lets nobody in with ${name} over ${wire}`, async () =>
        assert.equal(await come(server, bearer(credential())), 'unauthenticated'));

    for (const header of ['', 'Bearer', 'Bearer ', GOOD, `Basic ${GOOD}`, `Bearer ${GOOD} ${GOOD}`])
      it(`lets nobody in with the header ${JSON.stringify(header.replaceAll(GOOD, 'KEY'))} over ${wire}`, async () =>
        assert.equal(await come(server, { headers: { Authorization: header } }), 'unauthenticated'));

    it(`lets a token in once over ${wire}`, async () => {
      const token = await tokenFor(GOOD);
      assert.deepEqual(
        [await come(server, bearer(token)), await come(server, bearer(token))],
        ['in', 'unauthenticated'],
      );
    });
  }

  it('takes a key in the sub-protocol, and does not send it back', async () => {
    const opened = await knock(`ws://${server.http}`, inProtocol(GOOD));
    assert.deepEqual([opened.status, opened.socket.protocol], [101, 'earshot.v1.json']);
    opened.socket.terminate();
    assert.equal(await handshake(server, inProtocol(randomKey())), 401);
  });

  it('needs a sub-protocol that it speaks beside the one that carries the key', async () => {
    const { status: answered, body } = await knock(`ws://${server.http}`, { protocols: [`earshot.bearer.${GOOD}`] });
    assert.equal(answered, 400);
    assert.ok(!body.includes(GOOD));
  });

  it('takes a token in the URL, beside a start there, and in the sub-protocol', async () => {
    const query = `${inUrl(await tokenFor(GOOD)).query}&encoding=mulaw&sample_rate=8000`;
    const opened = await knock(`ws://${server.http}`, { query });
    await eventually(() => opened.messages.length > 0);
    assert.equal(opened.messages[0]?.type, 'ready');
    opened.socket.terminate();
    assert.equal(await handshake(server, inProtocol(await tokenFor(GOOD))), 101);
  });

  it('takes no key from a URL', async () => assert.equal(await handshake(server, inUrl(GOOD)), 401));

  it('refuses two different ways of showing a credential at once', async () => {
    const both = { ...inProtocol(GOOD), ...bearer(GOOD) };
    assert.equal(await handshake(server, both), 401);
  });

  for (const [what, target, change] of [
    ['a handshake', '/v1/stream', {}],
    ['a request', '/v1/models', { Connection: 'close', Upgrade: undefined }],
  ] as const)
    it(`refuses two credentials in the headers of ${what}`, async () => {
      const raw = await rawSocket(server.http);
      const Authorization = `Bearer ${GOOD}\r\nAuthorization: Bearer ${OTHER}`;
      raw.socket.write(rawHandshake(target, { ...change, Authorization }));
      await raw.until((received) => received.includes('more than one credential'));
      assert.match(raw.received().toString(), /^HTTP\/1\.1 401 .*more than one credential/s);
      raw.close();
    });

  it('lets in one of fifty callers that show the same token at the same time', async () => {
    const token = await tokenFor(GOOD);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => handshake(server, index % 2 ? inUrl(token) : bearer(token))),
    );
    assert.equal(answers.filter((answered) => answered === 101).length, 1);
    assert.equal(answers.filter((answered) => answered === 401).length, 49);
  });

  it('says how long a token lives, and gives none without credentials', async () => {
    const good = await fetch(`http://${server.http}/v1/tokens`, { method: 'POST', ...bearer(GOOD) });
    assert.deepEqual(
      [good.status, ((await good.json()) as Record<string, unknown>).expires_in_ms, good.headers.get('cache-control')],
      [201, 60_000, 'no-store'],
    );
    const bad = await fetch(`http://${server.http}/v1/tokens`, { method: 'POST' });
    assert.deepEqual([bad.status, bad.headers.get('www-authenticate')], [401, 'Bearer realm="earshot"']);
  });

  it('gives no token in exchange for a token', async () => {
    for (const shown of [bearer, inUrl]) {
      const { query = '', headers = {} } = shown(await tokenFor(GOOD));
      const response = await fetch(`http://${server.http}/v1/tokens${query}`, { method: 'POST', headers });
      assert.equal(response.status, 403);
    }
  });

  it('says over gRPC why it refuses, before it reads a message', async () => {
    const problem = await callOverGrpc(server, {});
    assert.equal(problem?.code, status.UNAUTHENTICATED);
    assert.deepEqual(problem.metadata.get('earshot-code'), ['unauthenticated']);
  });

  const OPEN: readonly (readonly [string, number, number, number])[] = [
    ['/healthz', 200, 200, 200],
    ['/readyz', 200, 200, 200],
    ['/', 200, 200, 200],
    ['/operations', 200, 200, 200],
    ['/v1/models', 401, 200, 200],
    ['/metrics', 401, 403, 200],
  ];
  for (const [path, ...statuses] of OPEN)
    it(`answers ${path} with ${statuses.join(', ')} without credentials, to a caller, to an operator`, async () => {
      const answers = [{}, bearer(GOOD), bearer(OPERATOR)].map((shown) => fetch(`http://${server.http}${path}`, shown));
      assert.deepEqual(
        (await Promise.all(answers)).map((answered) => answered.status),
        statuses,
      );
    });

  it('refuses a recording before it reads it', async () => {
    const raw = await rawSocket(server.http);
    raw.socket.write(`POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${20 << 20}\r\n\r\nRIFF`);
    await raw.until((received) => received.includes('"unauthenticated"'));
    assert.match(raw.received().toString(), /^HTTP\/1\.1 401 .*"code":"unauthenticated"/s);
    raw.close();
  });

  it('lets nobody resume a stream with the credentials of somebody else', async () => {
    const first = await knock(`ws://${server.http}`, bearer(GOOD));
    first.socket.send(JSON.stringify(START));
    await eventually(() => first.messages.length > 0);
    first.socket.send(pcm16(babble(1, 3)));
    const { session_id, resume_token } = first.messages[0] as unknown as Record<string, string>;
    first.socket.terminate();
    await eventually(() => server.reception.lostCount === 1);
    const resume = JSON.stringify({ ...START, resume: { session_id, resume_token, last_event_seq: 1 } });
    const thief = await knock(`ws://${server.http}`, bearer(OTHER));
    thief.socket.send(resume);
    assert.equal(await thief.end, 4400);
    const owner = await knock(`ws://${server.http}`, bearer(GOOD));
    owner.socket.send(resume);
    await eventually(() => owner.messages.length > 0);
    assert.equal(owner.messages[0]?.session_id, session_id);
    owner.socket.close();
  });
});

describe('Keys in a file', () => {
  it('can be added and removed while the server runs, and open streams go on', async () => {
    const drawer = new Drawer();
    const [old, fresh] = [randomKey(), randomKey()];
    const keysFile = drawer.put('keys.json', { keys: [entry(old)] });
    const server = await serveScripted({}, { keysFile });
    const opened = await knock(`ws://${server.http}`, bearer(old));
    opened.socket.send(JSON.stringify(START));

    drawer.put('keys.json', { keys: [entry(old), entry(fresh)] });
    await eventually(async () => (await handshake(server, bearer(fresh))) === 101);
    assert.equal(await handshake(server, bearer(old)), 101);

    drawer.put('keys.json', { keys: [entry(fresh)] });
    await eventually(async () => (await handshake(server, bearer(old))) === 401);
    assert.equal(await handshake(server, bearer(fresh)), 101);

    opened.socket.send(pcm16(babble(2, 5)));
    opened.socket.send('{"type":"close"}');
    assert.equal(await opened.end, 1000);
    assert.equal(opened.messages.at(-1)?.type, 'closed');
    await server.close();
    drawer.clear();
  });

  it('end the tokens of a name when the last valid key of that name goes', async () => {
    const drawer = new Drawer();
    const [old, fresh, other] = [randomKey(), randomKey(), randomKey()];
    const others = entry(other, { name: 'others' });
    const keysFile = drawer.put('keys.json', { keys: [entry(old), others] });
    const server = await serveScripted({}, { keysFile });
    const [first, second] = [await tokenOf(server, old), await tokenOf(server, old)];

    drawer.put('keys.json', { keys: [entry(fresh), others] });
    await eventually(async () => (await handshake(server, bearer(old))) === 401);
    assert.equal(await handshake(server, bearer(first)), 101);

    drawer.put('keys.json', { keys: [entry(fresh, { expires: '2020-01-01T00:00:00Z' }), others] });
    await eventually(async () => (await handshake(server, bearer(fresh))) === 401);
    const { status: answered, body } = await knock(`ws://${server.http}`, inUrl(second));
    assert.equal(answered, 401);
    assert.match(body, /the key that this token was given for is good no more/);
    assert.equal(await handshake(server, bearer(await tokenOf(server, other))), 101);
    await server.close();
    drawer.clear();
  });
});
