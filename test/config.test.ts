import assert from 'node:assert/strict';
import { readConfig } from '../server/config.js';
import { randomKey } from './support/key-files.js';

const problemOf = (flags: Record<string, unknown>, environment: Record<string, string> = {}): string | null => {
  const read = readConfig(flags, environment);
  return read.ok ? null : read.problem;
};

describe('The configuration', () => {
  const EVERYWHERE = { host: '0.0.0.0' };
  const JWT = { jwtIssuer: 'https://issuer.example', jwtAudience: 'earshot', jwtJwks: 'jwks.json' };
  const TLS = { tlsCert: 'a.crt', tlsKey: 'a.key' };

  it('refuses to listen beyond loopback when no authentication is configured', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) assert.equal(problemOf({ host }), null);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'ears.example', '127.0.0.1.example'])
      for (const also of [{}, TLS, { allowOrigin: 'https://a.example' }])
        assert.match(problemOf({ host, ...also }) ?? '', /no authentication is configured/);
  });

  it('lets the server listen beyond loopback with any authentication, or when the operator waives it', () => {
    for (const asking of [
      { keysFile: 'keys.json' },
      JWT,
      { ...TLS, tlsClientCa: 'ca.crt' },
      { allowUnauthenticated: true },
    ])
      assert.equal(problemOf({ ...EVERYWHERE, ...asking }), null);
    assert.equal(problemOf(EVERYWHERE, { EARSHOT_API_KEYS: randomKey() }), null);
  });

  it('says what is missing when only some of the settings that belong together are set', () => {
    for (const name of ['jwtIssuer', 'jwtAudience', 'jwtJwks'] as const)
      assert.match(problemOf({ ...JWT, [name]: undefined }) ?? '', /belong together/);
    assert.match(problemOf({ tlsCert: 'a.crt' }) ?? '', /--tls-cert and --tls-key/);
    assert.match(problemOf({ tlsClientCa: 'ca.crt' }) ?? '', /--tls-client-ca needs/);
  });

  it("takes an issuer's keys from files, from https and from loopback, not from plain http elsewhere", () => {
    for (const [place, isGood] of [
      ['/etc/jwks.json', true],
      ['https://issuer.example/jwks', true],
      ['http://127.0.0.1:9000/jwks', true],
      ['http://issuer.example/jwks', false],
      ['http://localhost.evil.example/jwks', false],
      ['http://localhost:x@evil.example/jwks', false],
      ['http://127.0.0.1.evil.example/jwks', false],
      ['http://[::1]:9000/jwks', true],
      ['https:', false],
      ['https://', false],
    ] as const)
      assert.equal(problemOf({ ...JWT, jwtJwks: place }) === null, isGood, place);
  });

  it('refuses a variable that is empty or no number where a number belongs', () => {
    for (const name of ['PORT', 'RESUME_WINDOW_MS', 'DRAIN_GRACE_MS', 'TRACE_FRAMES', 'MAX_SESSIONS'])
      for (const text of ['', ' ', 'x', '-1'])
        assert.match(problemOf({}, { [`EARSHOT_${name}`]: text }) ?? '', new RegExp(`^EARSHOT_${name} "${text}": `));
    const read = readConfig({ port: '0', traceFrames: '.5' }, { EARSHOT_DRAIN_GRACE_MS: ' 3.6e+06\r' });
    assert.deepEqual(
      read.ok && [read.config.port, read.config.traceFrames, read.config.drainGraceMs],
      [0, 0.5, 3_600_000],
    );
  });

  it('says which values a number or a switch may have', () => {
    for (const [name, text, sentence] of [
      ['PORT', 'tcp://10.0.0.1:8080', 'must be a whole number from 0 to 65535'],
      ['PORT', '65536', 'must be a whole number from 0 to 65535'],
      ['WORKERS', '1.5', 'must be a whole number from 1 to 256'],
      ['TRACE_FRAMES', '2', 'must be a number from 0 to 1'],
      ['OPEN_METRICS', 'yes', 'must be true, false, 1 or 0'],
      ['ALLOW_UNAUTHENTICATED', '', 'must be true, false, 1 or 0'],
    ] as const)
      assert.equal(problemOf({}, { [`EARSHOT_${name}`]: text }), `EARSHOT_${name} "${text}": ${sentence}`);
  });

  it('refuses the same port for HTTP and gRPC', () => {
    assert.match(problemOf({ port: '9000', grpcPort: '9000' }) ?? '', /--port and --grpc-port are both 9000/);
    assert.equal(problemOf({ port: '0', grpcPort: '0' }), null);
  });

  it('takes origins only as browsers send them', () => {
    const read = readConfig({ allowOrigin: 'https://a.example, http://b.example:8080' }, {});
    assert.deepEqual(read.ok && read.config.allowOrigin, ['https://a.example', 'http://b.example:8080']);
    for (const allowOrigin of ['a.example', 'https://a.example/', '*', 'null', 'https://A.example'])
      assert.match(problemOf({ allowOrigin }) ?? '', /--allow-origin .*must be an origin/);
  });

  it('takes API keys with or without a name, and as hashes, and refuses weak ones', () => {
    const [key, hash] = [randomKey(), 'ab'.repeat(32)];
    const read = readConfig({}, { EARSHOT_API_KEYS: `${key}, ci=${key}, old=sha256:${hash}` });
    assert.ok(read.ok);
    assert.deepEqual(
      read.config.apiKeys.map(({ name }) => name),
      ['environment', 'ci', 'old'],
    );
    assert.equal(read.config.apiKeys[2]?.sha256, hash);
    assert.ok(!JSON.stringify(read.config).includes(key));
    for (const weak of ['', 'hunter2', 'short-but-random-Zk3', `${key} ${key}`])
      assert.match(problemOf({}, { EARSHOT_API_KEYS: weak }) ?? '', /key 1 is neither/);
  });
});
