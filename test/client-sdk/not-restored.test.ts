import assert from 'node:assert/strict';
import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import { CLOSED, receipt, REFUSED } from './messages.js';
import { newScene, open, RECONNECT_TIMEOUT_MS } from './scene.js';

const LOST = new EarshotError('disconnected', 'the network went away', { retryable: true });
const NOBODY = new EarshotError('connect_failed', 'nothing is listening', { retryable: true });

describe('A stream without audio', () => {
  it('closes at a server that takes the place of one that had received its close', async () => {
    const scene = newScene();
    open(scene);
    const closing = scene.stream.close();
    scene.network.last.say(receipt(1));
    scene.network.last.events.ended(LOST);
    scene.clock.pass(250);
    scene.network.last.events.opened();
    scene.network.last.say({ ...REFUSED, code: 'bad_request' });
    scene.clock.pass(500);
    open(scene);
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'close']);
    scene.network.last.say(receipt(1), CLOSED);
    assert.equal((await closing).audio_ms, CLOSED.audio_ms);
  });
});

describe('A stream whose connection is not restored in time', () => {
  it('ends with disconnected, whose cause is the error of the last attempt', async () => {
    const scene = newScene();
    open(scene);
    scene.network.last.events.ended(LOST);
    while (scene.stream.state === 'reconnecting') {
      scene.clock.pass(10_000);
      scene.network.last.events.ended(NOBODY);
    }
    const { reason, error } = await scene.stream.closed;
    assert.equal(reason, 'disconnected');
    assert.ok(error.retryable && error.cause === NOBODY);
    assert.equal(
      error.message,
      `the connection was lost, and not restored within ${RECONNECT_TIMEOUT_MS} ms; the last attempt: nothing is listening`,
    );
  });

  for (const [connectTimeoutMs, reconnectTimeoutMs] of [
    [10_000, 1_000],
    [10_000, 15_000],
    [Infinity, RECONNECT_TIMEOUT_MS],
  ] as const)
    it(`ends a second after ${reconnectTimeoutMs} ms at the latest, though an attempt hangs and may take ${connectTimeoutMs} ms`, async () => {
      const scene = newScene(30_000, { connectTimeoutMs, reconnectTimeoutMs });
      open(scene);
      scene.network.last.events.ended(LOST);
      scene.clock.pass(reconnectTimeoutMs - 10);
      assert.equal(scene.stream.state, 'reconnecting');
      // An attempt always gets a second.
      scene.clock.pass(1_010);
      assert.equal(scene.stream.state, 'closed');
      assert.equal((await scene.stream.closed).reason, 'disconnected');
    });

  it('begins no attempt after the time for that, however long the pauses have become', async () => {
    const scene = newScene(30_000, { reconnectTimeoutMs: 20_000 });
    open(scene);
    scene.network.last.events.ended(LOST);
    let [passedMs, lastAtMs] = [0, 0];
    for (let seen = 1; scene.stream.state === 'reconnecting'; passedMs += 10) {
      const { length } = scene.network.connections;
      if (length > seen) lastAtMs = passedMs;
      if (length > seen) scene.network.last.events.ended(NOBODY);
      seen = length;
      scene.clock.pass(10);
    }
    assert.deepEqual([lastAtMs, (await scene.stream.closed).reason], [20_000, 'disconnected']);
  });

  it('ends at once where the server asks it to wait for longer than it may try', async () => {
    const scene = newScene();
    open(scene);
    scene.network.last.events.ended(LOST);
    scene.clock.pass(250);
    scene.network.last.events.opened();
    scene.network.last.say({ ...REFUSED, code: 'overloaded', retryable: true, retry_after_ms: RECONNECT_TIMEOUT_MS });
    const { reason, error } = await scene.stream.closed;
    assert.deepEqual([scene.stream.state, reason], ['closed', 'disconnected']);
    assert.match(error!.message, /not restored within 60000 ms; the last attempt: /);
  });

  it('ends at once with an error that no further attempt can change', async () => {
    const scene = newScene();
    open(scene);
    scene.network.last.events.ended(LOST);
    scene.clock.pass(250);
    const forbidden = new EarshotError('permission_denied', 'the key was revoked', { closeCode: 4403 });
    scene.network.last.events.ended(forbidden);
    assert.equal((await scene.stream.closed).error, forbidden);
  });
});
