import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect, constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createStream } from '../../client-sdk/src/grpc.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16 } from '../support/tones.js';
import { storyOf, tell } from './cuts.js';

/**
 * A gRPC proxy with connections of its own to both sides, as Envoy and nginx are. After each `patience` bytes of calls it takes
 * no further calls over the connections that it has, and then closes them, as a proxy does that is replaced.
 */
const leavingProxy = async (target: string, patience: number) => {
  const upstream = connect(`http://${target}`);
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  const left = { times: 0, bytes: 0 };
  const leave = (): void => {
    for (const session of sessions) {
      session.goaway(constants.NGHTTP2_NO_ERROR);
      // The next turn: the client has the GOAWAY before its calls end.
      setImmediate(() => session.destroy());
    }
    left.times += 1;
    left.bytes = 0;
  };
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (near: ServerHttp2Stream, { ':path': path = '', 'content-type': type = '' }) => {
    const far = upstream.request({ ':path': path, ':method': 'POST', 'content-type': type, te: 'trailers' });
    let trailers: OutgoingHttpHeaders = {};
    far.on('trailers', (told: IncomingHttpHeaders) => {
      trailers = told;
    });
    far.on('response', (answer) => near.respond(answer, { waitForTrailers: true }));
    near.on('wantTrailers', () => near.sendTrailers(trailers));
    for (const stream of [near, far]) stream.on('error', () => undefined);
    near.on('close', () => far.close(constants.NGHTTP2_CANCEL));
    near.on('data', (bytes: Buffer) => {
      far.write(bytes);
      left.bytes += bytes.length;
      if (left.bytes > patience) leave();
    });
    // Node also ends a stream that was cut off: that is no half-close.
    near.on('end', () => near.destroyed || far.end());
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    left,
    close: () => {
      for (const session of sessions) session.destroy();
      server.close();
      upstream.close();
    },
  };
};

describe('A gRPC stream through a proxy that leaves with GOAWAY', () => {
  let server: RealServer;
  before(async () => (server = await serveReal({ models: ECHO_MODELS })));
  after(() => server.running.drain());

  it('goes on over another connection, without a difference', async () => {
    const audio = pcm16(babble(8, 5));
    const options = { audio: { encoding: 'pcm_s16le', sampleRate: 16_000 } } as const;
    const whole = await tell(createStream({ ...options, url: server.grpc }), audio, () => undefined);
    const proxy = await leavingProxy(server.grpc, 100_000);
    const stream = createStream({ ...options, url: proxy.address });
    const resumed: boolean[] = [];
    stream.on('reconnected', (how) => resumed.push(how.resumed));
    assert.deepEqual(storyOf(await tell(stream, audio, () => undefined)), storyOf(whole));
    assert.ok(proxy.left.times >= 2, `left ${proxy.left.times} times`);
    assert.deepEqual(resumed, Array<boolean>(proxy.left.times).fill(true));
    proxy.close();
  });
});
