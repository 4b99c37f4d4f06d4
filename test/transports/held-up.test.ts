import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Stream } from 'node:http2';
import type { Caller } from '../../server/session/caller.js';
import { eventually } from '../support/key-files.js';
import { ClientMessage } from '../support/raw-clients.js';
import { serveScripted } from '../support/scripted-server.js';

/** Longer than the server waits before it takes the end of what a gRPC call sends for a half-close. */
const HELD_UP_MS = 60;

const holdUp = (): void => {
  for (const until = performance.now() + HELD_UP_MS; performance.now() < until;);
};

/** A client message as a gRPC call carries it: not compressed, with its length. */
const framed = (message: object): Buffer => {
  const bytes = ClientMessage.encode(ClientMessage.fromObject(message)).finish();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

const START = framed({ start: { audio: { encoding: 'pcm_s16le', sample_rate: 16_000 } } });

/** How a stream is kept or ended whose call half-closes; `then` is done in the moment in which the server reads that. */
const afterHalfClose = async (then: (call: ClientHttp2Stream) => void): Promise<'kept' | 'ended'> => {
  const server = await serveScripted();
  const { reception } = server;
  const receive = reception.receive.bind(reception);
  const session = connect(`http://${server.grpc}`);
  const call = session.request({
    ':method': 'POST',
    ':path': '/earshot.v1.IntentService/StreamIntents',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
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
  it('is taken for lost where it was reset', async () => {
    const reset = (call: ClientHttp2Stream): void => {
      call.close(8);
      // By then the reset has been sent, and waits to be read.
      setImmediate(holdUp);
    };
    assert.equal(await afterHalfClose(reset), 'kept');
  });

  it('is taken for done where it was half-closed', async () =>
    assert.equal(await afterHalfClose(() => setImmediate(holdUp)), 'ended'));
});
