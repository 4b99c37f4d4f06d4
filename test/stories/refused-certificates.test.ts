import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Log } from '../../server/domain/log.js';
import { silentLog } from '../../server/domain/log.js';
import { Authority, type Pair } from '../support/certificates.js';
import { knock } from '../support/knocking.js';
import { Drawer, eventually } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';
import { ECHO_MODELS, serveReal } from '../support/real-server.js';

describe('A client certificate that is refused', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());

  it('is logged and counted once, with the reason and the address', async function () {
    this.timeout(60_000);
    needs(this, hasOpenssl, 'openssl');
    const authority = new Authority(drawer.folder, 'authority');
    const stranger = new Authority(drawer.folder, 'stranger').sign('unknown');
    const late = authority.sign('late', 0);
    const { cert: tlsCert, key: tlsKey } = authority.sign('server');
    const told: Record<string, unknown>[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void told.push(fields as Record<string, unknown>) };
    const tls = { tlsCert, tlsKey, tlsClientCa: authority.pair.cert };
    const server = await serveReal({ models: ECHO_MODELS, openMetrics: true, ...tls }, log);
    const address = server.running.httpUrl.replace('https', 'wss');
    const reasonsFor = async (pair: Pair | null): Promise<unknown> => {
      const mine = pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
      const before = told.length;
      const { status, socket } = await knock(address, {}, { ca: authority.pem, ...mine });
      socket.terminate();
      if (status === 101) return null;
      await eventually(() => told.length > before);
      return told.at(-1)?.reason;
    };
    await eventually(async () => (await reasonsFor(late)) !== null);
    assert.match(String(await reasonsFor(late)), /CERT_HAS_EXPIRED/);
    assert.match(String(await reasonsFor(stranger)), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    assert.match(String(await reasonsFor(null)), /it showed none/);

    const count = told.length;
    // A load balancer that only checks whether the port is open is no caller.
    const { hostname, port } = new URL(server.running.httpUrl);
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end());
      socket.on('close', resolve).resume();
    });
    await reasonsFor(null);
    assert.equal(told.length, count + 1);
    for (const { code, transport, remote } of told) {
      assert.deepEqual([code, transport], ['unauthenticated', 'http']);
      assert.match(String(remote), /^127\.0\.0\.1:[1-9]\d*$/);
    }
    const known = authority.sign('known');
    const mine = { ca: authority.pem, cert: readFileSync(known.cert), key: readFileSync(known.key) };
    const [response] = (await once(get(`${server.running.httpUrl}/metrics`, mine), 'response')) as [IncomingMessage];
    const counter = /^earshot_callers_turned_away_total{transport="http",code="unauthenticated"} (\d+)$/m;
    assert.equal(counter.exec(await text(response))?.[1], String(told.length));
    await server.running.drain();
  });
});
