import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { bearer, callOverGrpc } from '../support/knocking.js';
import { silentObserver } from '../support/contexts.js';
import { eventually } from '../support/key-files.js';
import { STREAM_INTENTS } from '../support/raw-grpc.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const JWT = { jwtIssuer: 'https://issuer.example', jwtAudience: 'earshot' };

/** An issuer that answers only when it is told to. */
class SlowIssuer {
  private readonly waiting: (() => void)[] = [];
  private readonly server: Server;
  url = '';

  constructor(jwks: object) {
    this.server = createServer((_, response) => {
      this.waiting.push(() => response.end(JSON.stringify(jwks)));
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks.json`;
    return this;
  }

  get isAsked(): boolean {
    return this.waiting.length > 0;
  }

  answer(): void {
    for (const each of this.waiting.splice(0)) each();
  }

  close(): void {
    this.server.close();
  }
}

describe("A gRPC caller that leaves while its issuer's keys are fetched", () => {
  let token: string;
  let issuer: SlowIssuer;
  let server: ScriptedServer;
  let opened: number;

  beforeEach(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    token = await new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer(JWT.jwtIssuer)
      .setAudience(JWT.jwtAudience)
      .setSubject('caller')
      .setExpirationTime('1h')
      .sign(privateKey);
    issuer = await new SlowIssuer({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] }).open();
    opened = 0;
    const observer = { ...silentObserver, sessionOpened: () => void (opened += 1) };
    server = await serveScripted({ observer }, { ...JWT, jwtJwks: issuer.url });
  });
  afterEach(async () => {
    await server.close();
    issuer.close();
  });

  const WAYS: Readonly<Record<string, (session: ClientHttp2Session, leave: () => void) => Promise<unknown>>> = {
    'cancels its call': async (session, leave) => {
      leave();
      // The server answers a ping when it has read what came before.
      await new Promise((answered) => session.ping(answered));
    },
    'cancels its call just as the keys come': (_, leave) => {
      leave();
      return Promise.resolve();
    },
    'closes its connection': async (session) => {
      session.destroy();
      await once(session, 'close');
    },
  };
  for (const [name, how] of Object.entries(WAYS))
    it(`gets no session: it ${name}`, async () => {
      const session = connect(`http://${server.grpc}`);
      const call = session.request({ ...STREAM_INTENTS, authorization: `Bearer ${token}` });
      call.on('error', () => undefined);
      await eventually(() => issuer.isAsked);
      await how(session, () => call.close(8));
      issuer.answer();
      assert.equal(await callOverGrpc(server, bearer(token).headers!), null);
      assert.deepEqual([opened, server.reception.count], [0, 0]);
      session.destroy();
    });
});
