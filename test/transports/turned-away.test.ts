import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { silentLog } from '../../server/domain/log.js';
import { shelfOf, silentObserver } from '../support/contexts.js';
import { Drawer, entry, randomKey } from '../support/key-files.js';
import { bearer, callOverGrpc, knock, type Shown } from '../support/knocking.js';
import { grpcClient } from '../support/raw-clients.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

interface Logged {
  readonly requestId: string;
  readonly transport: string;
  readonly code: string;
  readonly reason?: string;
  readonly identity?: string;
  readonly path?: string;
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly request_id: string;
}

const RAW = '/v1/classify?encoding=mulaw&sample_rate=8000';

describe('A caller that is refused', () => {
  const drawer = new Drawer();
  const [limited, silent] = [randomKey(), randomKey()];
  const counted: string[] = [];
  const warned: Logged[] = [];
  const noted: Logged[] = [];
  let server: ScriptedServer;
  before(async () => {
    const keys = [entry(limited, { name: 'limited', max_streams: 1 }), entry(silent, { name: 'silent' })];
    server = await serveScripted(
      {
        models: shelfOf(() => Promise.resolve({ kind: 'shed' })),
        observer: { ...silentObserver, turnedAway: (transport, code) => counted.push(`${transport} ${code}`) },
        log: {
          ...silentLog,
          warn: (fields) => warned.push(fields as Logged),
          info: (fields, message) => {
            if (message === 'request refused') noted.push(fields as Logged);
          },
        },
      },
      { keysFile: drawer.put('keys.json', { keys }) },
    );
  });
  // The only stream that this key may have.
  before(() => knock(`ws://${server.http}`, bearer(limited)));
  beforeEach(() => [counted, warned, noted].forEach((list) => (list.length = 0)));
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const ask = async (path: string, { headers = {} }: Shown, method = 'POST'): Promise<Told> => {
    const body = method === 'POST' ? Buffer.alloc(8_000, 0x2a) : null;
    const response = await fetch(`http://${server.http}${path}`, { method, body, headers });
    return ((await response.json()) as { error: Told }).error;
  };
  const shake = async (shown: Shown): Promise<Told> =>
    (JSON.parse((await knock(`ws://${server.http}`, shown)).body) as { error: Told }).error;

  const TURNED_AWAY: readonly (readonly [string, string, () => Promise<Told>])[] = [
    ['a handshake without credentials', 'ws-json unauthenticated', () => shake({})],
    ['a handshake beyond its rights', 'ws-json too_many_sessions', () => shake(bearer(limited))],
    ['a request without credentials', 'http unauthenticated', () => ask(RAW, {})],
    ['a request for what it may not see', 'http permission_denied', () => ask('/metrics', bearer(silent), 'GET')],
    ['a recording beyond its rights', 'http too_many_sessions', () => ask(RAW, bearer(limited))],
  ];
  for (const [what, count, meet] of TURNED_AWAY)
    it(`is counted, and logged with the id and the sentence of its answer: ${what}`, async () => {
      const { code, message, request_id } = await meet();
      assert.deepEqual(counted, [count]);
      const [line, ...others] = warned;
      assert.deepEqual([line?.requestId, line?.code, line?.reason], [request_id, code, message]);
      assert.deepEqual([others, noted], [[], []]);
    });

  const MISTAKES: readonly (readonly [string, () => Promise<Told>])[] = [
    ['a path that is none', () => ask('/nope?token=secret', bearer(silent), 'GET')],
    ['a method that a route does not take', () => ask('/v1/classify', bearer(silent), 'GET')],
    ['a recording that is none', () => ask('/v1/classify', bearer(silent))],
    ['sub-protocols that are none', () => shake({ ...bearer(silent), protocols: ['mqtt'] })],
  ];
  for (const [what, meet] of MISTAKES)
    it(`for a mistake is logged with the id of its answer and nothing that it sent, but not counted: ${what}`, async () => {
      const { code, request_id } = await meet();
      const [line] = noted;
      assert.deepEqual([line?.requestId, line?.code, line?.reason], [request_id, code, undefined]);
      assert.ok(!/nope|secret|mqtt/.test(JSON.stringify(noted)));
      assert.deepEqual([counted, warned], [[], []]);
    });

  it('is counted and logged over gRPC', async () => {
    assert.equal((await callOverGrpc(server, {}))?.code, status.UNAUTHENTICATED);
    assert.deepEqual([counted, warned.length, warned[0]?.code], [['grpc unauthenticated'], 1, 'unauthenticated']);
  });

  it('is counted over gRPC when the server is full', async () => {
    const full: string[] = [];
    const turnedAway = (transport: string, code: string) => full.push(`${transport} ${code}`);
    const one = await serveScripted({ maxSessions: 0, observer: { ...silentObserver, turnedAway } });
    const client = grpcClient(one);
    await new Promise((resolve) => client.Classify({ wav: Buffer.alloc(44) }, resolve));
    client.close();
    await one.close();
    assert.deepEqual(full, ['grpc too_many_sessions']);
  });
});
