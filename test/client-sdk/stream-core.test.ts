import assert from 'node:assert/strict';
import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import type { StreamCore } from '../../client-sdk/src/stream-core.js';
import { CLOSED, READY, receipt } from './messages.js';
import { newScene, open, RECONNECT_TIMEOUT_MS } from './scene.js';
import { EVENT_TABLE, EVENTS, FIRST_PAUSE_MS, METHOD_TABLE, METHODS, sceneIn, SITUATIONS } from './state-table.js';

/** `pending` where nothing settles the promise unless the test acts. */
const outcomeOf = async (promise: Promise<unknown>): Promise<string> => {
  const outcome = promise.then(
    () => 'resolves',
    (error: unknown) => (error instanceof EarshotError ? error.code : String(error)),
  );
  return Promise.race([outcome, new Promise<string>((resolve) => setImmediate(() => resolve('pending')))]);
};

const endOf = async (stream: StreamCore): Promise<string> => {
  if (stream.state !== 'closed') return stream.state;
  return `closed ${(await stream.closed).reason}`;
};

describe('A stream', () => {
  for (const situation of SITUATIONS) {
    for (const [method, call] of Object.entries(METHODS)) {
      const [outcome, after] = METHOD_TABLE[situation][method]!;
      it(`${situation}: ${method} → ${outcome}, ${after}`, async () => {
        const { stream } = sceneIn(situation);
        assert.deepEqual([await outcomeOf(call(stream)), stream.state], [outcome, after]);
      });
    }
    for (const [event, happen] of Object.entries(EVENTS)) {
      const after = EVENT_TABLE[situation][event]!;
      it(`${situation}: ${event} → ${after}`, async () => {
        const scene = sceneIn(situation);
        happen(scene);
        assert.equal(await endOf(scene.stream), after);
      });

      for (const [method, call] of Object.entries(METHODS))
        it(`${situation}: ${method}, then ${event}, then nothing for long: everything settles`, async () => {
          const scene = sceneIn(situation);
          const pending = outcomeOf(call(scene.stream));
          happen(scene);
          await pending;
          const asked = [call(scene.stream), scene.stream.close(), scene.stream.closed, scene.stream.opened];
          for (let round = 0; round < 40 && scene.stream.state !== 'closed'; round += 1) {
            scene.clock.pass(RECONNECT_TIMEOUT_MS / 4);
            await new Promise((resolve) => setImmediate(resolve));
          }
          assert.equal(scene.stream.state, 'closed');
          for (const promise of asked) assert.notEqual(await outcomeOf(promise), 'pending');
          assert.equal(scene.clock.pendingAlarms, 0);
        });
    }
  }

  it('goes through its states in order', () => {
    const scene = sceneIn('reconnecting');
    scene.clock.pass(FIRST_PAUSE_MS);
    scene.network.last.events.opened();
    scene.network.last.say({ ...READY, received_messages: 0 });
    void scene.stream.close();
    scene.network.last.say(receipt(1), CLOSED);
    assert.deepEqual(scene.states, ['open', 'reconnecting', 'open', 'draining', 'closed']);
  });

  const ABORTING: Readonly<Record<string, (stream: StreamCore) => void>> = {
    'it is ready': (stream) => stream.on('ready', () => stream.abort()),
    'it is open': (stream) => stream.on('state', ({ state }) => state === 'open' && stream.abort()),
    'its connection is lost': (stream) => stream.on('state', ({ state }) => state === 'reconnecting' && stream.abort()),
    'it goes on': (stream) => stream.on('reconnected', () => stream.abort()),
  };
  for (const [when, listen] of Object.entries(ABORTING))
    it(`stays closed when its owner aborts it as soon as ${when}`, async () => {
      const scene = newScene();
      listen(scene.stream);
      await new Promise((resolve) => setImmediate(resolve));
      open(scene);
      scene.network.last.events.ended(new EarshotError('disconnected', 'lost', { retryable: true }));
      scene.clock.pass(FIRST_PAUSE_MS);
      open(scene);
      assert.equal(await endOf(scene.stream), 'closed aborted');
      assert.equal(scene.states.at(-1), 'closed');
      assert.deepEqual([scene.network.last.ending, scene.clock.pendingAlarms], ['close', 0]);
      await assert.rejects(scene.stream.send(new Int16Array(160)), { code: 'aborted' });
    });
});
