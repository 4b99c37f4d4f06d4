import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Stream } from 'node:http2';
import { WebSocket } from 'ws';
import { milliseconds } from '../../server/domain/units.js';
import type { Caller } from '../../server/session/caller.js';
import { eventually } from '../support/key-files.js';
import { sessionLimits } from '../support/contexts.js';
import { ClientMessage, type WireMessage } from '../support/raw-clients.js';
import { framed, STREAM_INTENTS } from '../support/raw-grpc.js';
import { serveScripted } from '../support/scripted-server.js';

const holdUp = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
};

const AUDIO = { encoding: 'pcm_s16le', sample_rate: 16_000 };
const START = framed(ClientMessage.encode(ClientMessage.fromObject({ start: { audio: AUDIO } })).finish());

/** How a stream is kept or ended whose call half-closes; `then` is done in the moment in which the server reads that. */
const afterHalfClose = async (then: (call: ClientHttp2Stream) => void): Promise<'kept' | 'ended'> => {
  const server = await serveScripted();
  const { reception } = server;
  const receive = reception.receive.bind(reception);
  const session = connect(`http://${server.grpc}`);
  const call = session.request(STREAM_INTENTS);
  call.on('error', () => undefined);
  reception.receive = (caller: Caller) => {
    receive(caller);
    (caller as unknown as { call: ClientHttp2Stream }).call.once('end', () => then(call));
  };
  call.write(START);
  await once(call, 'data');
  call.end();
  await eventually(() => reception.count === 0);
  const outcome = reception.lostCount > 0 ? 'kept' : 'ended';
  session.destroy();
  await server.close();
  return outcome;
};

describe('A gRPC call that ends while the server is held up', () => {
  /** For longer than the server waits before it takes the end of what a call sends for a half-close. */
  const holdUpBriefly = () => holdUp(60);

  it('is taken for lost where it was reset', async () => {
    const reset = (call: ClientHttp2Stream): void => {
      call.close(8);
      // By then the reset has been sent, and waits to be read.
      setImmediate(holdUpBriefly);
    };
    assert.equal(await afterHalfClose(reset), 'kept');
  });

  it('is taken for done where it was half-closed', async () =>
    assert.equal(await afterHalfClose(() => setImmediate(holdUpBriefly)), 'ended'));
});

describe('A stream whose messages wait to be read while the server is held up', () => {
  const limit = milliseconds(1_000);
  const start = JSON.stringify({ type: 'start', audio: AUDIO });

  /** The messages to a caller that sends `said` in the moment in which the server is held up, and then closes its stream. */
  const toldAfter = async (said: readonly (string | Uint8Array)[], limits: object, before: readonly string[]) => {
    const server = await serveScripted({ limits: sessionLimits(limits) });
    const socket = new WebSocket(`ws://${server.http}/v1/stream`, ['earshot.v1.json']);
    const messages: WireMessage[] = [];
    socket.on('message', (bytes) => messages.push(JSON.parse((bytes as Buffer).toString()) as WireMessage));
    await once(socket, 'open');
    await eventually(() => server.reception.count === 1);
    for (const message of before) socket.send(message);
    if (before.length > 0) await once(socket, 'message');
    for (const message of [...said, JSON.stringify({ type: 'close' })]) socket.send(message);
    holdUp(limit + 100);
    await once(socket, 'close');
    await server.close();
    return messages.map(({ type, code }) => (typeof code === 'string' ? code : type));
  };

  it('is not taken for idle', async () => {
    const told = await toldAfter([new Uint8Array(3_200)], { idleTimeout: limit }, [start]);
    assert.deepEqual([told[0], told.at(-1), told.includes('idle_timeout')], ['ready', 'closed', false]);
  });

  it('is not taken for one that does not start', async () => {
    assert.deepEqual(await toldAfter([start], { startTimeout: limit }, []), ['ready', 'closed']);
  });
});
