import assert from 'node:assert/strict';
import { openStream } from '../../client-sdk/src/index.js';
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

  it('are asked for, as the address is, before every connection', async () => {
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

  it('are asked for again while it reconnects when asking has failed', async () => {
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

  it('given as a token are sent as such, a new one at each connection, beside other headers', async () => {
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

  it('that cannot be had reject', async () => {
    const headers = () => Promise.reject(new Error('no token'));
    await assert.rejects(openStream({ url: await serve(politeServer), audio: AUDIO, headers }), {
      code: 'connect_failed',
      message: 'the connection could not be attempted: Error: no token',
    });
  });
});
