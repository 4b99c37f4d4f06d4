import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Outcome } from '../../server/domain/outcome.js';
import { shelfOf } from '../support/contexts.js';
import { cuttingProxy } from '../support/cutting-proxy.js';
import { classified, deferred } from '../support/outcomes.js';
import { CLOSE, flattened, grpcClient, START, strip, TALKS, type WireMessage } from '../support/raw-clients.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16, randomChunks } from '../support/tones.js';

const SPEECH = pcm16(babble(6, 4));
const CHUNKS = [...randomChunks(SPEECH, 6_000, 3)];
const FIRST = Math.floor(CHUNKS.length / 2);

/** Streams half of the audio and cuts the connection once `isEnough` holds; returns what the client received. */
type Cut = (server: ScriptedServer, isEnough: (soFar: readonly WireMessage[]) => boolean) => Promise<WireMessage[]>;

const begin = { ...START, receipts: true };
/** Answered by a receipt that counts everything before it. */
const KEEPALIVE = '{"type":"keepalive"}';

const cutWebSocket: Cut = async (server, isEnough) => {
  const socket = new WebSocket(`ws://${server.http}/v1/stream`);
  const told: WireMessage[] = [];
  await once(socket, 'open');
  for (const step of [JSON.stringify(begin), ...CHUNKS.slice(0, FIRST), KEEPALIVE]) socket.send(step);
  for await (const [received] of onEach(socket)) {
    told.push(JSON.parse((received as Buffer).toString()) as WireMessage);
    if (isEnough(told)) break;
  }
  socket.terminate();
  return told;
};

const onEach = (socket: WebSocket): AsyncIterable<[unknown]> => {
  const waiting: [unknown][] = [];
  let wake = (): void => undefined;
  socket.on('message', (received) => {
    waiting.push([received]);
    wake();
  });
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return { value: waiting.shift()!, done: false };
      },
    }),
  };
};

const cutGrpc: Cut = async (server, isEnough) => {
  const proxy = await cuttingProxy(server.grpc);
  const call = grpcClient({ ...server, grpc: proxy.address }).StreamIntents();
  const told: WireMessage[] = [];
  call.on('data', (received: Record<string, unknown>) => {
    told.push(flattened(received));
    if (isEnough(told)) proxy.cut();
  });
  call.write({ start: { audio: begin.audio, receipts: true } });
  for (const audio of CHUNKS.slice(0, FIRST)) call.write({ audio });
  call.write({ keepalive: {} });
  await once(call, 'error');
  proxy.close();
  return told;
};

const CUTS: Readonly<Record<string, Cut>> = { 'ws-json': cutWebSocket, grpc: cutGrpc };

const receivedAll = (told: readonly WireMessage[]): boolean =>
  told.some((message) => message.type === 'receipt' && message.received_messages === FIRST) && told.length > 8;

const counted = (told: readonly WireMessage[]): WireMessage[] => told.filter(({ type }) => type !== 'receipt');
const story = (told: readonly WireMessage[]) =>
  counted(told)
    .filter(({ type }) => type !== 'ready')
    .map(strip);

describe('Resuming', () => {
  let server: ScriptedServer;
  let whole: Record<string, unknown>[];

  before(async () => {
    server = await serveScripted();
    whole = story((await TALKS['ws-json'](server, [START, ...CHUNKS, CLOSE])).messages);
  });
  after(() => server.close());

  for (const [wire, cut] of Object.entries(CUTS))
    for (const [again, talk] of Object.entries(TALKS))
      it(`goes on over ${again} with a stream that was cut over ${wire}`, async () => {
        const told = await cut(server, receivedAll);
        const ready = told[0]!;
        while (server.reception.lostCount === 0) await sleep(2);
        const seen = counted(told).slice(0, 4);
        const { session_id, resume_token } = ready;
        const resume = { session_id, resume_token, last_event_seq: seen.at(-1)!.seq };
        const { messages, end } = await talk(server, [{ ...begin, resume }, ...CHUNKS.slice(FIRST), CLOSE]);
        assert.deepEqual(
          [messages[0]!.type, messages[0]!.received_messages, messages[0]!.session_id, messages[0]!.seq],
          ['ready', FIRST, session_id, 1],
        );
        assert.deepEqual([...story(seen), ...story(messages)], whole);
        assert.equal(end, again === 'grpc' ? 0 : 1000);
        assert.equal(server.reception.lostCount, 0);
      });

  for (const [wire, talk] of Object.entries(TALKS))
    it(`refuses over ${wire} what cannot be resumed`, async () => {
      const resume = { session_id: 'nosuch', resume_token: 'guess', last_event_seq: 0 };
      const { messages, end } = await talk(server, [{ ...START, resume }]);
      const error = messages.at(-1)!;
      assert.deepEqual(
        [error.type, error.code, error.retryable, end],
        ['error', 'bad_request', false, wire === 'grpc' ? 3 : 4400],
      );
      assert.match(error.message as string, /^resume\.session_id "nosuch" .* start a new stream$/);
    });

  it('goes on over gRPC with a stream whose close was received, even if the call is half-closed', async () => {
    const held = deferred<Outcome>();
    const slow = await serveScripted({ models: shelfOf(() => held.promise) });
    const socket = new WebSocket(`ws://${slow.http}/v1/stream`);
    await once(socket, 'open');
    for (const step of [JSON.stringify(begin), SPEECH.subarray(0, 32_000), JSON.stringify(CLOSE), KEEPALIVE])
      socket.send(step);
    const told: WireMessage[] = [];
    for await (const [received] of onEach(socket)) {
      told.push(JSON.parse((received as Buffer).toString()) as WireMessage);
      if (told.at(-1)!.received_messages === 2) break;
    }
    socket.terminate();
    while (slow.reception.lostCount === 0) await new Promise((next) => setTimeout(next, 2));
    const { session_id, resume_token } = told[0]!;
    const client = grpcClient(slow);
    const call = client.StreamIntents();
    const types: unknown[] = [];
    call.on('error', () => undefined).on('data', (received: Record<string, unknown>) => types.push(received.message));
    const resume = { session_id, resume_token, last_event_seq: 1 };
    call.write({ start: { audio: begin.audio, receipts: true, resume } });
    call.end();
    await once(call, 'data');
    // The server notices the end of the call a little later.
    await new Promise((resolve) => setTimeout(resolve, 100));
    held.resolve(classified([4, 0, 0]));
    const [{ code }] = (await once(call, 'status')) as [{ code: number }];
    assert.deepEqual([types.at(-1), code], ['closed', 0]);
    client.close();
    await slow.close();
  });

  it('does not keep a stream that its client has ended with a close frame', async () => {
    const socket = new WebSocket(`ws://${server.http}/v1/stream`);
    await once(socket, 'open');
    socket.send(JSON.stringify(START));
    await once(socket, 'message');
    socket.close(1000);
    await once(socket, 'close');
    while (server.reception.count > 0) await sleep(2);
    assert.equal(server.reception.lostCount, 0);
  });

  for (const [wire, talk] of Object.entries(TALKS))
    it(`keeps nothing of a stream that ended normally over ${wire}`, async () => {
      await talk(server, [START, ...CHUNKS, CLOSE]);
      while (server.reception.heldCount > 0) await sleep(2);
      assert.deepEqual([server.reception.count, server.reception.lostCount, server.reception.heldCount], [0, 0, 0]);
    });

  it('keeps nothing of many streams that end normally at the same time over one gRPC connection', async () => {
    const client = grpcClient(server);
    const calls = Array.from({ length: 40 }, () => client.StreamIntents().on('data', () => undefined));
    const ended = calls.map((call) => once(call, 'status'));
    for (const call of calls) call.write({ start: { audio: START.audio } });
    for (const call of calls) call.end({ close: {} });
    for (const [{ code }] of (await Promise.all(ended)) as [{ code: number }][]) assert.equal(code, 0);
    while (server.reception.heldCount > 0) {
      assert.equal(server.reception.lostCount, 0);
      await sleep(2);
    }
    client.close();
  });
});
