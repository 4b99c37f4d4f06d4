import assert from 'node:assert/strict';
import type { StreamMessage } from '../../client-sdk/src/stream-events.js';
import { intent } from './messages.js';
import { newScene, open, type Scene } from './scene.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A stream whose `ready` and first intent wait. */
const waiting = async (): Promise<Scene> => {
  const scene = newScene();
  open(scene);
  scene.network.last.say(intent(2, 'final'));
  await turn();
  return scene;
};

const seqs = (messages: readonly StreamMessage[]): number[] => messages.map(({ seq }) => seq);

async function readTo(last: number, { stream }: Scene, into: StreamMessage[]): Promise<void> {
  for await (const message of stream) {
    into.push(message);
    if (message.seq === last) return;
  }
}

describe('Listeners and a loop over the same stream', () => {
  for (const first of ['listener', 'loop'] as const)
    it(`that begin in the same turn, the ${first} first, both get what came before`, async () => {
      const scene = await waiting();
      const heard: StreamMessage[] = [];
      const read: StreamMessage[] = [];
      const listen = () => scene.stream.on('message', (message) => heard.push(message));
      if (first === 'listener') listen();
      const reading = readTo(4, scene, read);
      if (first === 'loop') listen();
      scene.network.last.say(intent(3, 'final'));
      await turn();
      scene.network.last.say(intent(4, 'final'));
      await reading;
      assert.deepEqual(
        [seqs(heard), seqs(read)],
        [
          [1, 2, 3, 4],
          [1, 2, 3, 4],
        ],
      );
    });

  it('both get what comes in the turn in which a listener joins a loop', async () => {
    const scene = await waiting();
    const heard: StreamMessage[] = [];
    const read: StreamMessage[] = [];
    const reading = readTo(3, scene, read);
    await turn();
    scene.stream.on('message', (message) => heard.push(message));
    scene.network.last.say(intent(3, 'final'));
    await reading;
    assert.deepEqual([seqs(heard), seqs(read)], [[3], [1, 2, 3]]);
  });
});
