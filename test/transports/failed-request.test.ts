import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceError } from '@grpc/grpc-js';
import { silentLog } from '../../server/domain/log.js';
import { shelfOf, silentObserver } from '../support/contexts.js';
import { classified } from '../support/outcomes.js';
import { knock } from '../support/knocking.js';
import { grpcClient } from '../support/raw-clients.js';
import { SAMPLES } from '../support/real-server.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const RECORDING = readFileSync(join(SAMPLES, 'balance-16k.wav'));

describe('A request that fails inside the server', () => {
  const logged: Record<string, unknown>[] = [];
  const counted: string[] = [];
  let server: ScriptedServer;
  before(async () => {
    const log = { ...silentLog, error: (fields: object) => void logged.push(fields as Record<string, unknown>) };
    const models = shelfOf(() => Promise.resolve({ ...classified([1]), logits: null as never }));
    server = await serveScripted({
      models,
      log,
      observer: { ...silentObserver, turnedAway: (transport, code) => counted.push(`${transport} ${code}`) },
    });
  });
  beforeEach(() => [logged, counted].forEach((list) => (list.length = 0)));
  after(() => server.close());

  const assertLogged = (message: string) => {
    const [{ requestId, err }] = logged as [Record<string, unknown>];
    assert.ok(message.endsWith(`at request ${String(requestId)}`), message);
    assert.ok(err instanceof Error);
    assert.ok(!message.includes(err.message), 'what failed is not told');
  };

  it('is counted, and logged with the id that an HTTP caller is told', async () => {
    const response = await fetch(`http://${server.http}/v1/classify`, { method: 'POST', body: RECORDING });
    const { error } = (await response.json()) as { error: Record<string, string> };
    assert.deepEqual([response.status, error.code], [500, 'internal']);
    assertLogged(error.message!);
    assert.equal(error.request_id, logged[0]!.requestId);
    assert.deepEqual(counted, ['http internal']);
  });

  it('is counted and logged where it is a WebSocket handshake, whose connection is cut', async () => {
    const { reception } = server;
    const receive = reception.receive.bind(reception);
    reception.receive = () => {
      throw new Error('no room at the inn');
    };
    const { end } = await knock(`ws://${server.http}`, {});
    await end;
    reception.receive = receive;
    assert.match(String(logged[0]?.err), /no room at the inn/);
    assert.deepEqual(counted, ['ws-json internal']);
  });

  it('is counted, and logged with the id that a gRPC caller is told', async () => {
    const client = grpcClient(server);
    const problem = await new Promise<ServiceError>((resolve) =>
      client.Classify({ wav: RECORDING }, (cause) => resolve(cause!)),
    );
    client.close();
    assert.equal(problem.code, 13);
    assertLogged(problem.details);
    assert.deepEqual(counted, ['grpc internal']);
  });
});
