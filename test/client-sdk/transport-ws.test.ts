import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocket } from 'ws';
import { openStream, type IntentStream } from '../../client-sdk/src/index.js';
import { protobuf } from '../../client-sdk/src/protobuf.js';
import {
  decodeClientProto,
  encodeServerProto,
  ERROR_CODES,
  isRetryable,
  type ServerMessage,
} from '../../proto/wire.js';
import { statusOf } from '../../server/transports/http/status-codes.js';
import { AUDIO, CLOSED, intent, READY, receipt, REFUSED } from './messages.js';
import { politeServer, say } from './polite-server.js';
import { webSocketServer } from './servers.js';

async function allOf(stream: IntentStream): Promise<ServerMessage[]> {
  const messages: ServerMessage[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

describe('The WebSocket transport', () => {
  let stop: () => void = () => undefined;
  afterEach(() => stop());

  async function serve(script: Parameters<typeof webSocketServer>[0]): Promise<string> {
    const server = await webSocketServer(script);
    stop = server.stop;
    return server.url;
  }

  it('streams over JSON', async () => {
    const stream = await openStream({ url: await serve(politeServer), audio: AUDIO });
    await stream.send(new Int16Array(160));
    assert.deepEqual(await stream.close(), { ...CLOSED, seq: 3 });
    assert.deepEqual(await allOf(stream), [READY, intent(2, 'final'), { ...CLOSED, seq: 3 }]);
  });

  it('streams over protobuf', async () => {
    const received: string[] = [];
    const url = await serve((socket) => {
      socket.on('message', (content) => {
        const decoded = decodeClientProto(content as Buffer);
        received.push(decoded.ok ? decoded.message.type : decoded.problem);
        if (received.length === 1) socket.send(encodeServerProto(READY));
        else socket.send(encodeServerProto(receipt(received.length - 1)));
        if (received.at(-1) === 'close') socket.send(encodeServerProto(CLOSED));
      });
    });
    const stream = await openStream({ url, audio: AUDIO, codec: protobuf });
    await stream.send(new Uint8Array(8));
    await stream.finalize();
    await stream.configure({ interim: false });
    assert.deepEqual(await stream.close(), { ...CLOSED, seq: 2 });
    assert.deepEqual(received, ['start', 'audio', 'finalize', 'configure', 'close']);
  });

  it('sends what its options say in the handshake and in start', async () => {
    let asked: unknown;
    const url = await serve((socket, request) => {
      socket.on('message', (content) => {
        asked = [
          request.url,
          request.headers.authorization,
          socket.protocol,
          JSON.parse((content as Buffer).toString()),
        ];
        say(socket, READY);
      });
    });
    const endpointing = { silenceMs: 500 };
    const options = { model: 'm', hopMs: 480, interim: false, topK: 3, threshold: 0.4, clientReferenceId: 'c' };
    const headers = { Authorization: 'Bearer x' };
    const stream = await openStream({ url, audio: AUDIO, ...options, endpointing, headers });
    const start = {
      type: 'start',
      audio: { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 1 },
      model: 'm',
      hop_ms: 480,
      interim: false,
      top_k: 3,
      threshold: 0.4,
      endpointing: { silence_ms: 500 },
      client_reference_id: 'c',
      receipts: true,
    };
    assert.deepEqual(asked, ['/v1/stream', 'Bearer x', 'earshot.v1.json', start]);
    stream.abort();
  });

  it('sends far more than the socket holds, in order and complete', async () => {
    let hash = 0;
    let length = 0;
    const url = await serve((socket) => {
      politeServer(socket);
      socket.on('message', (content, isBinary) => {
        if (!isBinary) return;
        for (const byte of content as Buffer) hash = (hash * 31 + byte) >>> 0;
        length += (content as Buffer).length;
      });
    });
    const stream = await openStream({ url, audio: AUDIO });
    const audio = new Uint8Array(2_000_000).map((_, i) => i % 251);
    for (let start = 0; start < audio.length; start += 100_000)
      await stream.send(audio.subarray(start, start + 100_000));
    await stream.close();
    assert.deepEqual([length, hash], [audio.length, audio.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0)]);
  });

  it('rejects with the refusal of the server', async () => {
    const url = await serve((socket) => {
      say(socket, REFUSED);
      socket.close(4404);
    });
    await assert.rejects(openStream({ url, audio: AUDIO }), { name: 'EarshotError', code: 'model_not_found' });
  });

  for (const [what, kill, closeCode] of [
    ['dies', (socket: WebSocket) => socket.terminate(), 1006],
    ['closes without a word', (socket: WebSocket) => socket.close(1011, 'oops'), 1011],
  ] as const) {
    it(`rejects everything when the connection ${what}`, async () => {
      const url = await serve((socket) => {
        politeServer(socket);
        socket.on('message', (_content, isBinary) => isBinary && kill(socket));
      });
      const stream = await openStream({ url, audio: AUDIO, reconnectTimeoutMs: 0 });
      await stream.send(new Int16Array(10));
      const lost = { code: 'disconnected', closeCode, retryable: true };
      await assert.rejects(stream.close(), lost);
      await assert.rejects(stream.send(new Int16Array(10)), lost);
      await assert.rejects(allOf(stream), lost);
    });
  }

  it('rejects when the connection dies before ready', async () => {
    const url = await serve((socket) => socket.terminate());
    await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'disconnected', closeCode: 1006 });
  });

  it('rejects when no server listens', async () => {
    const url = await serve(politeServer);
    stop();
    await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'connect_failed', retryable: true });
  });

  /** These two never answer a handshake: they come only within a stream. */
  const IN_STREAMS = ['start_timeout', 'idle_timeout'];

  for (const [status, body, code, retryable] of [
    [401, '', 'unauthenticated', false],
    [404, 'not json', 'connect_failed', false],
    [431, '', 'connect_failed', false],
    [502, 'not json', 'connect_failed', true],
    [503, '{"error":{"code":"overloaded","message":"no","retryable":false}}', 'overloaded', false],
    ...ERROR_CODES.filter((told) => !IN_STREAMS.includes(told)).map(
      (told) => [statusOf(told), `{"error":{"code":"${told}","message":"no"}}`, told, isRetryable[told]] as const,
    ),
  ] as const) {
    it(`rejects with ${code} when the handshake is answered ${status} ${body}`, async () => {
      const server = createServer().on('upgrade', (_request, socket) => {
        socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      stop = () => server.close();
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await assert.rejects(openStream({ url, audio: AUDIO }), { code, retryable });
    });
  }

  it('rejects when the server is not ready in time', async () => {
    const url = await serve(() => undefined);
    const opening = openStream({ url, audio: AUDIO, connectTimeoutMs: 50 });
    await assert.rejects(opening, { code: 'connect_timeout', message: 'the server was not ready within 50 ms' });
  });

  it('is aborted by its signal while it connects', async () => {
    const controller = new AbortController();
    const url = await serve((socket) => socket.on('message', () => controller.abort()));
    await assert.rejects(openStream({ url, audio: AUDIO, signal: controller.signal }), { code: 'aborted' });
  });

  it('is aborted by its signal while it is open', async () => {
    const controller = new AbortController();
    const url = await serve(politeServer);
    const stream = await openStream({ url, audio: AUDIO, signal: controller.signal });
    controller.abort();
    await assert.rejects(stream.close(), { code: 'aborted' });
  });

  it('does not connect when its signal has fired before', async () => {
    let connections = 0;
    const url = await serve((socket) => {
      connections += 1;
      politeServer(socket);
    });
    await assert.rejects(openStream({ url, audio: AUDIO, signal: AbortSignal.abort() }), { code: 'aborted' });
    // A connection of the aborted stream would have come before that of a stream that is opened later.
    await (await openStream({ url, audio: AUDIO })).close();
    assert.equal(connections, 1);
  });

  for (const [what, options, message] of [
    ['address', { url: 'ftp://x', audio: AUDIO }, 'url "ftp://x" is not a ws:, wss:, http: or https: address'],
    ['address', { url: 'ws://x#top', audio: AUDIO }, 'url ends in "#top", which no connection carries'],
    [
      'option',
      { url: 'ws://127.0.0.1:9', audio: { ...AUDIO, sampleRate: 4_000 } },
      'audio.sample_rate 4000 is outside 8000–192000',
    ],
  ] as const) {
    it(`refuses a wrong ${what} without connecting`, async () => {
      await assert.rejects(openStream(options), { code: 'bad_request', message });
    });
  }

  for (const [what, speak] of [
    ['no JSON', (socket: WebSocket) => socket.send('hello')],
    ['binary where text should be', (socket: WebSocket) => socket.send(Buffer.of(1))],
  ] as const) {
    it(`ends when the server sends ${what}`, async () => {
      const url = await serve(speak);
      await assert.rejects(openStream({ url, audio: AUDIO }), { code: 'protocol_violation' });
    });
  }
});
