import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { bearer, handshake, OVER } from '../support/knocking.js';
import { Drawer, eventually } from '../support/key-files.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'earshot';

interface Signer {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

const signer = async (kid: string, alg = 'RS256'): Promise<Signer> => ({
  kid,
  alg,
  ...(await generateKeyPair(alg, { extractable: true })),
});

const publicJwk = async ({ kid, alg, publicKey }: Signer): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg,
});

interface Change {
  readonly iss?: string;
  readonly aud?: string;
  readonly sub?: string | null;
  readonly exp?: string | null;
  readonly nbf?: string;
  readonly claims?: JWTPayload;
  readonly kid?: string;
}

/** A good token, except for what is changed. */
const tokenBy = (by: Signer, change: Change = {}): Promise<string> => {
  const { iss = ISSUER, aud = AUDIENCE, sub = 'caller-1', exp = '1h', nbf, claims = {}, kid = by.kid } = change;
  const token = new SignJWT(claims).setProtectedHeader({ alg: by.alg, kid }).setIssuer(iss).setAudience(aud);
  if (sub !== null) token.setSubject(sub);
  if (exp !== null) token.setExpirationTime(exp);
  if (nbf !== undefined) token.setNotBefore(nbf);
  return token.sign(by.privateKey);
};

const base64 = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');

/** A token signed with the public key as a shared secret: a server that believes the header's `alg` would accept it. */
const signedWithPublicKey = async ({ kid, publicKey }: Signer): Promise<string> => {
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'caller-1', exp: Math.floor(Date.now() / 1000) + 3600 };
  const content = `${base64({ alg: 'HS256', kid })}.${base64(claims)}`;
  const signature = createHmac('sha256', await exportSPKI(publicKey))
    .update(content)
    .digest('base64url');
  return `${content}.${signature}`;
};

describe('A server that takes JWTs', () => {
  const drawer = new Drawer();
  let [rsa, ec, stranger]: Signer[] = [];
  let server: ScriptedServer;
  before(async () => {
    [rsa, ec, stranger] = await Promise.all([signer('rsa-1'), signer('ec-1', 'ES256'), signer('rsa-1')]);
    const jwtJwks = drawer.put('jwks.json', { keys: [await publicJwk(rsa), await publicJwk(ec)] });
    server = await serveScripted({}, { jwtIssuer: ISSUER, jwtAudience: AUDIENCE, jwtJwks });
  });
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const BAD: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    [
      'no algorithm',
      () =>
        new UnsecuredJWT({}).setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('x').setExpirationTime('1h').encode(),
      /algorithm/,
    ],
    ['HMAC under the public key', () => signedWithPublicKey(rsa!), /algorithm/],
    ['another issuer', () => tokenBy(rsa!, { iss: 'https://elsewhere.example' }), /claim iss is not right/],
    ['another audience', () => tokenBy(rsa!, { aud: 'something-else' }), /claim aud is not right/],
    ['an end in the past', () => tokenBy(rsa!, { exp: '-10s' }), /expired/],
    ['no end', () => tokenBy(rsa!, { exp: null }), /claim exp is missing/],
    ['a beginning in the future', () => tokenBy(rsa!, { nbf: '10m' }), /claim nbf is not right/],
    ['no subject', () => tokenBy(rsa!, { sub: null }), /claim sub is missing/],
    ['a key id that nobody knows', () => tokenBy(rsa!, { kid: 'rsa-9' }), /no single key/],
    ["a stranger's key under a known key id", () => tokenBy(stranger!), /signature/],
    [
      'another payload under its signature',
      async () => {
        const [header, , signature] = (await tokenBy(rsa!)).split('.');
        const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'admin', exp: Math.floor(Date.now() / 1000) + 3600 };
        return `${header}.${base64(claims)}.${signature}`;
      },
      /signature/,
    ],
    [
      'rights that are none',
      () => tokenBy(rsa!, { claims: { earshot: { max_streams: 'many' } } }),
      /earshot.*max_streams/,
    ],
    ['no JSON inside', () => 'aaaa.bbbb.cccc', /malformed/],
  ];

  for (const [wire, come] of Object.entries(OVER)) {
    it(`lets in callers with a good one over ${wire}`, async () => {
      assert.equal(await come(server, bearer(await tokenBy(rsa!))), 'in');
      assert.equal(await come(server, bearer(await tokenBy(ec!))), 'in');
    });
    for (const [name, token] of BAD)
      it(`lets nobody in with ${name} over ${wire}`, async () =>
        assert.equal(await come(server, bearer(await token())), 'unauthenticated'));
  }

  for (const [name, token, sentence] of BAD)
    it(`says what is wrong with ${name}, and quotes nothing of it`, async () => {
      const jwt = await token();
      const response = await fetch(`http://${server.http}/v1/models`, bearer(jwt));
      const text = await response.text();
      assert.match(text, sentence);
      for (const part of jwt.split('.').filter((piece) => piece.length > 8)) assert.ok(!text.includes(part));
    });

  it('gives the rights that the token names', async () => {
    const jwt = await tokenBy(rsa!, { claims: { earshot: { models: ['another'], metrics: true } } });
    const models = await fetch(`http://${server.http}/v1/models`, bearer(jwt));
    assert.deepEqual(await models.json(), { models: [] });
    assert.equal((await fetch(`http://${server.http}/metrics`, bearer(jwt))).status, 200);
    assert.equal((await fetch(`http://${server.http}/metrics`, bearer(await tokenBy(rsa!)))).status, 403);
  });
});

describe("An issuer's keys", () => {
  it('in a file may change while the server runs', async () => {
    const drawer = new Drawer();
    const [old, fresh] = await Promise.all([signer('old'), signer('fresh')]);
    const jwtJwks = drawer.put('jwks.json', { keys: [await publicJwk(old)] });
    const server = await serveScripted({}, { jwtIssuer: ISSUER, jwtAudience: AUDIENCE, jwtJwks });
    assert.equal(await handshake(server, bearer(await tokenBy(old))), 101);
    drawer.put('jwks.json', { keys: [await publicJwk(fresh)] });
    await eventually(async () => (await handshake(server, bearer(await tokenBy(fresh)))) === 101);
    assert.equal(await handshake(server, bearer(await tokenBy(old))), 401);
    await server.close();
    drawer.clear();
  });

  it('at an address are fetched once, whatever key ids strangers make up; while they cannot be fetched, callers are told to try later', async () => {
    const known = await signer('known');
    const jwks = { keys: [await publicJwk(known)] };
    let asked = 0;
    let isUp = false;
    const issuer = createServer((_, response) => {
      asked += 1;
      response.writeHead(isUp ? 200 : 500, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const jwtJwks = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks.json`;
    const server = await serveScripted({}, { jwtIssuer: ISSUER, jwtAudience: AUDIENCE, jwtJwks });
    for (const come of Object.values(OVER))
      assert.equal(await come(server, bearer(await tokenBy(known))), 'overloaded');
    isUp = true;
    asked = 0;
    for (let round = 0; round < 5; round++) {
      assert.equal(await handshake(server, bearer(await tokenBy(known))), 101);
      assert.equal(await handshake(server, bearer(await tokenBy(known, { kid: `made-up-${round}` }))), 401);
    }
    assert.equal(asked, 1);
    await server.close();
    issuer.close();
  });
});
