import assert from 'node:assert/strict';
import { MAX_QUEUED_MESSAGES, MAX_UNREAD_MESSAGES } from '../../client-sdk/src/message-queue.js';
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

  /** A loop that was left after `ready`, which a listener has heard, too. */
  const left = async (): Promise<{ scene: Scene; heard: StreamMessage[] }> => {
    const scene = newScene();
    open(scene);
    const heard: StreamMessage[] = [];
    scene.stream.on('message', (message) => heard.push(message));
    await readTo(1, scene, []);
    return { scene, heard };
  };
  const say = ({ network }: Scene, from: number, to: number): void => {
    for (let seq = from; seq <= to; seq += 1) network.last.say(intent(seq, seq % 4 === 0 ? 'tentative' : 'final'));
  };

  it('lose nothing when the loop is left and another one begins', async () => {
    const { scene, heard } = await left();
    say(scene, 2, 9);
    const read: StreamMessage[] = [];
    const reading = readTo(10, scene, read);
    say(scene, 10, 10);
    await reading;
    assert.deepEqual(
      [seqs(heard), seqs(read)],
      [
        [1, ...seqs(read)],
        [2, 3, 4, 5, 6, 7, 8, 9, 10],
      ],
    );
  });

  it('hear a stream of any length after the loop is left, and drop nothing of it', async () => {
    const { scene, heard } = await left();
    const last = 2 * MAX_UNREAD_MESSAGES;
    say(scene, 2, last);
    const read: StreamMessage[] = [];
    const reading = readTo(last + 1, scene, read);
    say(scene, last + 1, last + 1);
    await reading;
    const { state, droppedTentatives } = scene.stream;
    assert.deepEqual([state, droppedTentatives, heard.length], ['open', 0, last + 1]);
    assert.ok(read.length <= MAX_QUEUED_MESSAGES, `${read.length} messages have waited`);
  });

  it('that follow one another get what came in between, the listener after the loop', async () => {
    const scene = newScene();
    open(scene);
    await readTo(1, scene, []);
    say(scene, 2, 3);
    await turn();
    const heard: StreamMessage[] = [];
    scene.stream.on('message', (message) => heard.push(message));
    await turn();
    say(scene, 4, 4);
    assert.deepEqual(seqs(heard), [2, 3, 4]);
  });

  it('get the next message where a reader has left that waited for it', async () => {
    const scene = newScene();
    open(scene);
    const reader = scene.stream[Symbol.asyncIterator]();
    await reader.next();
    const waited = reader.next();
    await reader.return!();
    assert.equal((await waited).done, true);
    say(scene, 2, 2);
    const read: StreamMessage[] = [];
    await readTo(2, scene, read);
    assert.deepEqual([seqs(read), (await reader.next()).done], [[2], true]);
  });
});
