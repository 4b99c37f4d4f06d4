import assert from 'node:assert/strict';
import { createStream as overGrpc } from '../../client-sdk/src/grpc.js';
import { createStream as overWebSocket } from '../../client-sdk/src/index.js';
import { AUDIO, READY } from './messages.js';
import { webSocketServer } from './servers.js';

/** Each transport, with an address where nothing listens. */
const WAYS = [
  ['WebSocket', overWebSocket, 'ws://127.0.0.1:9'],
  ['gRPC', overGrpc, '127.0.0.1:9'],
] as const;

/** How many timers keep the process alive, after a turn of the event loop, in which mocha sets its own. */
async function timers(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

describe('A stream whose connection has ended by itself', () => {
  for (const [name, createStream, url] of WAYS)
    it(`leaves no timer behind over ${name} when nothing listens`, async () => {
      const before = await timers();
      assert.equal((await createStream({ url, audio: AUDIO }).closed).reason, 'connect_failed');
      assert.equal(await timers(), before);
    });

  it('leaves no timer behind when the server has broken it', async () => {
    const { url, stop } = await webSocketServer((socket) =>
      socket.once('message', () => socket.send(JSON.stringify(READY), () => socket.terminate())),
    );
    const before = await timers();
    const stream = overWebSocket({ url, audio: AUDIO, reconnectTimeoutMs: 0 });
    assert.equal((await stream.closed).reason, 'disconnected');
    assert.equal(await timers(), before);
    stop();
  });
});
