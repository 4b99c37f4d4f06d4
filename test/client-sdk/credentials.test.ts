import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { openStream as openGrpcStream } from '../../client-sdk/src/grpc.js';
import { EarshotError, openStream, type StreamOptions } from '../../client-sdk/src/index.js';
import { AUDIO } from './messages.js';
import { politeServer } from './polite-server.js';
import { webSocketServer } from './servers.js';

describe('Credentials', () => {
  let stop: () => void = () => undefined;
  afterEach(() => stop());

  async function serve(script: Parameters<typeof webSocketServer>[0]): Promise<string> {
    const server = await webSocketServer(script);
    stop = server.stop;
    return server.url;
  }

  it('are asked for, like the address, before every connection', async () => {
    const tokens: unknown[] = [];
    const url = await serve((socket, request) => {
      tokens.push(request.headers.authorization);
      politeServer(socket);
      if (tokens.length < 3) socket.on('message', () => socket.terminate());
    });
    let asked = 0;
    const stream = await openStream({
      url: () => Promise.resolve(url),
      audio: AUDIO,
      headers: () => ({ Authorization: `Bearer ${(asked += 1)}` }),
    });
    await stream.close();
    assert.deepEqual(tokens, ['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });

  it('are asked for again during a reconnect when asking has failed', async () => {
    let connections = 0;
    const url = await serve((socket) => {
      politeServer(socket);
      if ((connections += 1) === 1) socket.on('message', () => setImmediate(() => socket.terminate()));
    });
    let asked = 0;
    const headers = (): Record<string, string> => {
      if ((asked += 1) === 2) throw new Error('the token service is away');
      return {};
    };
    const stream = await openStream({ url, audio: AUDIO, headers });
    await stream.close();
    assert.deepEqual([asked, connections], [3, 2]);
  });

  it('given as a token are sent as a bearer token, a new one per connection, beside other headers', async () => {
    const shown: unknown[] = [];
    const url = await serve((socket, request) => {
      shown.push([request.headers.authorization, request.headers['x-tenant']]);
      politeServer(socket);
      if (shown.length < 2) socket.on('message', () => socket.terminate());
    });
    let asked = 0;
    const token = () => `token-${(asked += 1)}`;
    const stream = await openStream({ url, audio: AUDIO, token, headers: { 'X-Tenant': '7' } });
    await stream.close();
    assert.deepEqual(shown, [
      ['Bearer token-1', '7'],
      ['Bearer token-2', '7'],
    ]);
  });

  const SECRET = 'sesame-1234';
  const NO_RECORD = 'headers are no object of names and values; of a Headers or a Map, give Object.fromEntries(it)';
  const UNSENDABLE: Readonly<Record<string, readonly [Partial<StreamOptions>, string]>> = {
    'a token with a line break': [
      { token: `${SECRET}\n` },
      'token has characters that no credential has, perhaps a line break at its end',
    ],
    'a token that is none': [
      { token: () => null as unknown as string },
      'token has characters that no credential has, perhaps a line break at its end',
    ],
    'a header with a bad name': [
      { headers: { 'bad header': SECRET } },
      'header "bad header" has a name or a value that cannot be sent',
    ],
    'a Headers': [{ headers: new Headers({ 'x-key': SECRET }) as never }, NO_RECORD],
    'a text as headers': [{ headers: `x-key: ${SECRET}` as never }, NO_RECORD],
    'a header with a bad value': [
      { headers: { 'x-key': `${SECRET}\n` } },
      'header "x-key" has a name or a value that cannot be sent',
    ],
  };
  for (const [what, [options, message]] of Object.entries(UNSENDABLE))
    for (const [wire, open, url] of [
      ['WebSocket', openStream, 'ws://127.0.0.1:9'],
      ['gRPC', openGrpcStream, '127.0.0.1:9'],
    ] as const)
      it(`that cannot be sent are not quoted in the error, and not tried again: ${what} over ${wire}`, async () => {
        const told: unknown = await open({ url, audio: AUDIO, ...options }).catch((error: unknown) => error);
        assert.ok(told instanceof EarshotError);
        assert.deepEqual([told.code, told.retryable, told.message], ['bad_request', false, message]);
        assert.ok(!inspect(told).includes(SECRET));
      });

  it('that only gRPC cannot send are not quoted in the error', async () => {
    const opening = openGrpcStream({ url: '127.0.0.1:9', audio: AUDIO, headers: { 'x-key': `${SECRET}é` } });
    const told: unknown = await opening.catch((error: unknown) => error);
    assert.ok(told instanceof EarshotError && told.code === 'bad_request' && !inspect(told).includes(SECRET));
  });

  it('that cannot be sent during a reconnect end the stream, without another try', async () => {
    const url = await serve((socket) => {
      politeServer(socket);
      socket.on('message', () => setImmediate(() => socket.terminate()));
    });
    let asked = 0;
    const token = () => ((asked += 1) === 1 ? 'good' : 'bad\n');
    const stream = await openStream({ url, audio: AUDIO, token });
    assert.equal((await stream.closed).error?.code, 'bad_request');
    assert.equal(asked, 2);
  });

  it('may be headers of null or undefined', async () => {
    const url = await serve(politeServer);
    for (const headers of [null, () => undefined])
      await (await openStream({ url, audio: AUDIO, headers } as unknown as StreamOptions)).close();
  });

  it('in base64 are sent as they are', async () => {
    let shown: unknown;
    const url = await serve((socket, request) => {
      shown = request.headers.authorization;
      politeServer(socket);
    });
    await (await openStream({ url, audio: AUDIO, token: 'a+b/c.d_e~f-g==' })).close();
    assert.equal(shown, 'Bearer a+b/c.d_e~f-g==');
  });

  it('that cannot be obtained reject the opening of a stream', async () => {
    const headers = () => Promise.reject(new Error('no token'));
    await assert.rejects(openStream({ url: await serve(politeServer), audio: AUDIO, headers }), {
      code: 'connect_failed',
      message: 'the connection could not be attempted: Error: no token',
    });
  });
});
