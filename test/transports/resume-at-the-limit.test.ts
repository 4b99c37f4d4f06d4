import assert from 'node:assert/strict';
import { bearer, handshake, knock, type Opened } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { flattened, grpcClient, metadataOf, START, type WireMessage } from '../support/raw-clients.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const RAW = '?encoding=pcm_s16le&sample_rate=16000';

/** A connection that has said `start`: what it was told, and how it ended. */
interface Call {
  readonly messages: readonly WireMessage[];
  readonly end: Promise<number>;
  hangUp(): void;
}

describe('A caller whose key allows one stream', () => {
  const drawer = new Drawer();
  const key = randomKey();
  let server: ScriptedServer;
  before(async () => {
    const keys = [entry(key, { name: 'one', max_streams: 1 })];
    server = await serveScripted({}, { keysFile: drawer.put('keys.json', { keys }) });
  });
  afterEach(() => eventually(() => server.reception.count === 0));
  after(async () => {
    await server.close();
    drawer.clear();
  });

  const overWebSocket = async (start: object): Promise<Call> => {
    const { socket, messages, end }: Opened = await knock(`ws://${server.http}`, bearer(key));
    socket.send(JSON.stringify({ ...START, ...start }));
    return { messages, end, hangUp: () => socket.close() };
  };
  const overGrpc = (start: object): Promise<Call> => {
    const client = grpcClient(server);
    const call = client.StreamIntents(metadataOf(bearer(key).headers ?? {}));
    const messages: WireMessage[] = [];
    call.on('data', (received: Record<string, unknown>) => messages.push(flattened(received)));
    call.on('error', () => undefined);
    // Not by `once`, which an error of the call would reject.
    const end = new Promise<number>((resolve) => call.on('status', ({ code }) => resolve(code)));
    call.write({ start: { audio: START.audio, ...start } });
    return Promise.resolve({ messages, end: end.finally(() => client.close()), hangUp: () => call.end() });
  };
  const WIRES = { WebSocket: overWebSocket, gRPC: overGrpc } as const;
  const DISMISSED = { WebSocket: 4400, gRPC: 3 } as const;
  const FULL = { WebSocket: 4429, gRPC: 8 } as const;

  for (const before of ['WebSocket', 'gRPC'] as const)
    for (const after of ['WebSocket', 'gRPC'] as const)
      it(`resumes its stream over ${after} at once, though its connection over ${before} seems alive`, async () => {
        const first = await WIRES[before]({});
        await eventually(() => first.messages.length > 0);
        const { session_id, resume_token } = first.messages[0]!;
        const second = await WIRES[after]({ resume: { session_id, resume_token, last_event_seq: 1 } });
        await eventually(() => second.messages.length > 0);
        assert.deepEqual([second.messages[0]!.type, second.messages[0]!.session_id], ['ready', session_id]);
        assert.equal(await first.end, DISMISSED[before]);
        second.hangUp();
      });

  for (const wire of ['WebSocket', 'gRPC'] as const)
    it(`opens no second stream over ${wire}`, async () => {
      const first = await overWebSocket({});
      await eventually(() => first.messages.length > 0);
      const second = await WIRES[wire]({});
      assert.deepEqual([await second.end, second.messages.at(-1)?.code], [FULL[wire], 'too_many_sessions']);
      first.hangUp();
    });

  it('is refused a second stream at the handshake where its URL starts one', async () => {
    const first = await overWebSocket({});
    await eventually(() => first.messages.length > 0);
    assert.equal(await handshake(server, { ...bearer(key), query: RAW }), 429);
    first.hangUp();
  });
});
