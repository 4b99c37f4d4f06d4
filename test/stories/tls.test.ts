import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, type PeerCertificate, type SecureContextOptions } from 'node:tls';
import { credentials, loadPackageDefinition, status, type ClientDuplexStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { silentLog, type Log } from '../../server/domain/log.js';
import { Authority, type Pair } from '../support/certificates.js';
import { bearer, knock, type Opened } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';
import { serviceIn, START, type GrpcClient } from '../support/raw-clients.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { PROTO } from '../support/repository.js';
import { babble, pcm16 } from '../support/tones.js';

const SPEECH = pcm16(babble(2, 5));
const Client = serviceIn(
  loadPackageDefinition(loadSync(PROTO, { keepCase: true })),
  'earshot.v1.IntentService',
) as new (address: string, channel: ReturnType<typeof credentials.createSsl>) => GrpcClient;

const pem = ({ cert, key }: Pair) => ({ cert: readFileSync(cert), key: readFileSync(key) });

describe('TLS', function () {
  this.timeout(60_000);
  const drawer = new Drawer();
  let authority: Authority;
  let stranger: Authority;
  before(function () {
    needs(this, hasOpenssl, 'openssl');
    authority = new Authority(drawer.folder, 'authority');
    stranger = new Authority(drawer.folder, 'stranger');
  });
  after(() => drawer.clear());

  /** Copies a certificate and its key to where a server reads them. */
  const place = (pair: Pair): { tlsCert: string; tlsKey: string } => {
    const placed = { tlsCert: `${drawer.folder}/server.crt`, tlsKey: `${drawer.folder}/server.key` };
    copyFileSync(pair.cert, placed.tlsCert);
    copyFileSync(pair.key, placed.tlsKey);
    return placed;
  };

  const wss = (server: RealServer): string => server.running.httpUrl.replace('https', 'wss');

  /** The common name in the certificate that an address shows under TLS. */
  const shownAt = async (address: string, options: SecureContextOptions = {}): Promise<string> => {
    const [host, port] = address.split(':');
    const socket = connect({
      host,
      port: Number(port),
      ca: authority.pem,
      ALPNProtocols: ['h2', 'http/1.1'],
      ...options,
    });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate() as PeerCertificate & { subject: { CN: string } };
    socket.destroy();
    return subject.CN;
  };
  const addressesOf = ({ running }: RealServer) => [running.httpUrl.replace('https://', ''), running.grpcAddress];

  const callGrpc = (
    server: RealServer,
    pair?: Pair,
  ): { call: ClientDuplexStream<object, object>; types: unknown[]; end: Promise<number> } => {
    const mine = pair && pem(pair);
    const client = new Client(
      server.running.grpcAddress,
      credentials.createSsl(authority.pem, mine?.key ?? null, mine?.cert ?? null),
    );
    const call = client.StreamIntents();
    const types: unknown[] = [];
    call.on('data', (message: { message: string }) => types.push(Object.keys(message).find((key) => key !== 'seq')));
    call.on('error', () => undefined);
    const end = new Promise<number>((resolve) =>
      call.on('status', ({ code }) => {
        client.close();
        resolve(code);
      }),
    );
    call.write({ start: { audio: START.audio } });
    return { call, types, end };
  };

  const startOver = async (server: RealServer, options: object = {}): Promise<Opened> => {
    const opened = await knock(wss(server), {}, { ca: authority.pem, ...options });
    if (opened.status === 101) opened.socket.send(JSON.stringify(START));
    return opened;
  };

  it('changes its certificate for new connections, on both ports, while streams go on', async () => {
    const [first, second] = [authority.sign('first'), authority.sign('second')];
    const server = await serveReal({ models: ECHO_MODELS, ...place(first) });
    for (const address of addressesOf(server)) assert.equal(await shownAt(address), 'first');
    const opened = await startOver(server);
    const { call, types, end } = callGrpc(server);
    await eventually(() => opened.messages.length > 0 && types.length > 0);

    place(second);
    for (const address of addressesOf(server)) await eventually(async () => (await shownAt(address)) === 'second');

    opened.socket.send(SPEECH);
    opened.socket.send('{"type":"close"}');
    call.write({ audio: SPEECH });
    call.write({ close: {} });
    assert.deepEqual([await opened.end, await end], [1000, status.OK]);
    assert.equal(opened.messages.at(-1)?.type, 'closed');
    assert.equal(types.at(-1), 'closed');
    await server.running.drain();
  });

  it('accepts versions 1.2 and 1.3, nothing older, and nothing unencrypted', async () => {
    const server = await serveReal({ models: ECHO_MODELS, ...place(authority.sign('versions')) });
    for (const address of addressesOf(server)) {
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
        assert.equal(await shownAt(address, { minVersion: version, maxVersion: version }), 'versions');
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await assert.rejects(shownAt(address, old));
    }
    await assert.rejects(fetch(server.running.httpUrl.replace('https', 'http')));
    const answered = await new Promise<Record<string, unknown>>((resolve) =>
      request(
        server.running.httpUrl,
        { ca: authority.pem, servername: 'localhost', headers: { Host: 'ears.example' } },
        ({ headers }) => resolve(headers),
      ).end(),
    );
    assert.equal(answered['strict-transport-security'], 'max-age=31536000');
    await server.running.drain();
  });

  it('with client authorities admits callers with a certificate of theirs under its name, and nobody else', async () => {
    const tls = { ...place(authority.sign('server')), tlsClientCa: authority.pair.cert };
    const admitted: unknown[] = [];
    const info: Log['info'] = (fields, what) => {
      const { transport, identity } = fields as Record<string, unknown>;
      if (what === 'session opened') admitted.push([transport, identity]);
    };
    const server = await serveReal({ models: ECHO_MODELS, ...tls }, { ...silentLog, info });
    const [known, unknown] = [authority.sign('known'), stranger.sign('unknown')];
    for (const pair of [undefined, unknown]) {
      const refused = await startOver(server, pair && pem(pair));
      assert.equal(refused.status, 0, refused.body);
      assert.equal(await callGrpc(server, pair).end, status.UNAVAILABLE);
    }
    const opened = await startOver(server, pem(known));
    const { call, types, end } = callGrpc(server, known);
    await eventually(() => opened.messages.length > 0 && types.length > 0);
    assert.deepEqual([opened.messages[0]?.type, types[0]], ['ready', 'ready']);
    assert.deepEqual(admitted.sort(), [
      ['grpc', 'certificate:known'],
      ['ws-json', 'certificate:known'],
    ]);
    opened.socket.send('{"type":"close"}');
    call.write({ close: {} });
    assert.deepEqual([await opened.end, await end], [1000, status.OK]);
    await server.running.drain();
  });

  it('with client authorities and keys requires both', async () => {
    const key = randomKey();
    const keysFile = drawer.put('keys.json', { keys: [entry(key)] });
    const tls = { ...place(authority.sign('server')), tlsClientCa: authority.pair.cert };
    const server = await serveReal({ models: ECHO_MODELS, keysFile, ...tls });
    const known = { ca: authority.pem, ...pem(authority.sign('client')) };
    const statuses = await Promise.all([
      knock(wss(server), {}, known),
      knock(wss(server), bearer(key), known),
      knock(wss(server), bearer(key), { ca: authority.pem }),
    ]);
    assert.deepEqual(
      statuses.map((opened) => opened.status),
      [401, 101, 0],
    );
    statuses[1].socket.terminate();
    await server.running.drain();
  });

  const BAD: readonly (readonly [string, () => Record<string, string>, RegExp])[] = [
    [
      'a key of another certificate',
      () => ({ tlsCert: authority.sign('a').cert, tlsKey: authority.sign('b').key }),
      /cannot be used/,
    ],
    [
      'no certificate in the file',
      () => ({ tlsCert: drawer.put('empty.crt', ''), tlsKey: authority.sign('c').key }),
      /empty\.crt/,
    ],
    ['a file that is not there', () => ({ tlsCert: '/nosuch.crt', tlsKey: '/nosuch.key' }), /nosuch\.crt/],
  ];
  for (const [name, settings, sentence] of BAD)
    it(`does not start with ${name}`, () =>
      assert.rejects(serveReal({ models: ECHO_MODELS, ...settings() }), sentence));
});
