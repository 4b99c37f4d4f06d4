import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { filter, from, lastValueFrom, map, toArray } from 'rxjs';
import { MAX_QUEUED_MESSAGES, MAX_UNREAD_MESSAGES } from '../../client-sdk/src/message-queue.js';
import type { StreamMessage } from '../../client-sdk/src/stream-events.js';
import { CLOSED, intent, READY, receipt, REFUSED } from './messages.js';
import { newScene, open, type Scene } from './scene.js';

const opened = (): Scene => {
  const scene = newScene();
  open(scene);
  return scene;
};

/** Ends a stream that has delivered `last` messages. */
const closeAfter = ({ stream, network }: Scene, last: number): void => {
  void stream.close();
  network.last.say(receipt(1), { ...CLOSED, seq: last + 1 });
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Reading a stream', () => {
  it("works with RxJS's from", async () => {
    const scene = opened();
    const finals = lastValueFrom(
      from(scene.stream).pipe(
        filter((message) => message.type === 'intent' && message.status === 'final'),
        map((message) => message.seq),
        toArray(),
      ),
    );
    await turn();
    scene.network.last.say(intent(2, 'tentative'), intent(3, 'final'), intent(4, 'final'));
    closeAfter(scene, 4);
    assert.deepEqual(await finals, [3, 4]);
  });

  it('is an Observable to RxJS, not only an async iterable', () => {
    const { stream } = opened();
    assert.equal(typeof (stream as unknown as Record<string | symbol, unknown>)['@@observable'], 'function');
  });

  it('ends an Observable with the error of the stream', async () => {
    const scene = opened();
    const all = lastValueFrom(from(scene.stream).pipe(toArray()));
    scene.network.last.say({ ...REFUSED, seq: 2 });
    await assert.rejects(all, { code: 'model_not_found' });
  });

  it('passes nothing to an observer that has unsubscribed', async () => {
    const scene = opened();
    const told: number[] = [];
    const leaving = from(scene.stream).subscribe(({ seq }) => told.push(seq));
    await turn();
    leaving.unsubscribe();
    scene.network.last.say(intent(2, 'final'));
    assert.deepEqual(told, [1]);
  });

  it('passes what came before to all listeners that are added in the same turn', async () => {
    const scene = opened();
    scene.network.last.say(intent(2, 'final'));
    const told: [string, number][] = [];
    scene.stream.on('ready', ({ seq }) => told.push(['ready', seq]));
    scene.stream.on('intent', ({ seq }) => told.push(['intent', seq]));
    scene.stream.on('message', ({ seq }) => told.push(['message', seq]));
    scene.network.last.say(intent(3, 'final'));
    await turn();
    assert.deepEqual(told, [
      ['ready', 1],
      ['message', 1],
      ['intent', 2],
      ['message', 2],
      ['intent', 3],
      ['message', 3],
    ]);
  });

  it('reports the end even to a listener that is added after it', async () => {
    const scene = opened();
    closeAfter(scene, 1);
    const reasons: string[] = [];
    scene.stream.on('ended', ({ reason }) => reasons.push(reason));
    await turn();
    scene.stream.on('ended', ({ reason }) => reasons.push(reason));
    await turn();
    assert.deepEqual(reasons, ['closed', 'closed']);
  });

  it('reports the end to a listener that another adds when it is told of the end', async () => {
    const scene = opened();
    const told: string[] = [];
    scene.stream.on('ended', () => {
      scene.stream.on('message', ({ type }) => told.push(type));
      scene.stream.on('ended', ({ reason }) => told.push(reason));
    });
    await turn();
    closeAfter(scene, 1);
    await turn();
    assert.deepEqual(told, ['ready', 'closed', 'closed']);
  });

  it('lets go of the signals of its listeners when it has ended', async () => {
    const shutdown = new AbortController();
    const scene = opened();
    scene.stream.on('intent', () => undefined, { signal: shutdown.signal });
    scene.stream.on('state', () => undefined, { signal: shutdown.signal });
    await turn();
    assert.equal(getEventListeners(shutdown.signal, 'abort').length, 2);
    closeAfter(scene, 1);
    await scene.stream.closed;
    assert.equal(getEventListeners(shutdown.signal, 'abort').length, 0);
  });

  it('passes nothing to a listener that was removed, or whose signal has fired', async () => {
    const scene = opened();
    const controller = new AbortController();
    const told: string[] = [];
    const off = scene.stream.on('intent', () => told.push('first'));
    scene.stream.on('intent', () => told.push('second'), { signal: controller.signal });
    scene.stream.on('intent', () => told.push('never'), { signal: AbortSignal.abort() });
    await turn();
    scene.network.last.say(intent(2, 'final'));
    off();
    controller.abort();
    scene.network.last.say(intent(3, 'final'));
    assert.deepEqual(told, ['first', 'second']);
  });

  it('passes nothing to a listener or an observer that an earlier one has removed for the same message', async () => {
    const { stream, network } = opened();
    const leaving = new AbortController();
    const told: string[] = [];
    stream.on('intent', () => leaving.abort());
    stream.on('intent', () => told.push('listener'), { signal: leaving.signal });
    const observer = stream['@@observable']().subscribe(({ type }) => told.push(`observer of ${type}`));
    leaving.signal.addEventListener('abort', () => observer.unsubscribe());
    await turn();
    network.last.say(intent(2, 'final'));
    assert.deepEqual(told, ['observer of ready']);
  });

  for (const [name, right] of [
    ['intents', 'give intent'],
    ['error', 'there are ready, speech_started, intent, '],
  ] as const)
    it(`refuses a listener to ${name}, which would never be called, and keeps the messages`, async () => {
      const scene = opened();
      const refused = { code: 'bad_request', message: new RegExp(`^${name} is no event; ${right}`) };
      assert.throws(() => scene.stream.on(name as 'intent', () => undefined), refused);
      await turn();
      closeAfter(scene, 1);
      assert.equal((await scene.stream[Symbol.asyncIterator]().next()).value?.type, 'ready');
    });

  it('keeps no messages for a reader while listeners receive them', async () => {
    const scene = opened();
    scene.stream.on('intent', () => undefined);
    await turn();
    for (let seq = 2; seq < 20; seq += 1) scene.network.last.say(intent(seq, 'final'));
    closeAfter(scene, 19);
    const left: StreamMessage[] = [];
    for await (const message of scene.stream) left.push(message);
    assert.deepEqual(left, []);
  });

  it('keeps messages after the last listener has left, for the next listener or reader', async () => {
    const scene = opened();
    const { stream, network } = scene;
    const told: number[] = [];
    const once = () => {
      const off = stream.on('intent', ({ seq }) => {
        told.push(seq);
        off();
      });
    };
    once();
    await turn();
    network.last.say(intent(2, 'final'), intent(3, 'final'), intent(4, 'final'));
    assert.deepEqual(told, [2]);
    once();
    await turn();
    assert.deepEqual(told, [2, 3]);
    closeAfter(scene, 4);
    const left: number[] = [];
    for await (const { seq } of stream) left.push(seq);
    assert.deepEqual(left, [4, 5]);
  });

  it('keeps messages when a listener leaves in the turn in which it was added', async () => {
    const scene = opened();
    scene.stream.on('message', () => undefined)();
    await turn();
    closeAfter(scene, 1);
    const left: string[] = [];
    for await (const { type } of scene.stream) left.push(type);
    assert.deepEqual(left, ['ready', 'closed']);
  });

  it('keeps messages for a reader while others listen only to the state', async () => {
    const scene = opened();
    const states: string[] = [];
    scene.stream.on('state', ({ state }) => states.push(state));
    await turn();
    scene.network.last.say(intent(2, 'final'));
    closeAfter(scene, 2);
    const types: string[] = [];
    for await (const { type } of scene.stream) types.push(type);
    assert.deepEqual(
      [types, states],
      [
        ['ready', 'intent', 'closed'],
        ['draining', 'closed'],
      ],
    );
  });

  it('gives the messages before an error, then throws it', async () => {
    const scene = opened();
    scene.network.last.say(intent(2, 'final'), { ...REFUSED, seq: 3 });
    const iterator = scene.stream[Symbol.asyncIterator]();
    assert.deepEqual([(await iterator.next()).value, (await iterator.next()).value], [READY, intent(2, 'final')]);
    await assert.rejects(iterator.next(), { code: 'model_not_found' });
  });

  it('drops only tentative intents when nobody reads, and counts them', async () => {
    const scene = opened();
    const extra = 10;
    for (let seq = 2; seq < MAX_QUEUED_MESSAGES + extra; seq += 1)
      scene.network.last.say(intent(seq, seq % 2 === 0 ? 'tentative' : 'final'));
    closeAfter(scene, MAX_QUEUED_MESSAGES + extra - 1);
    const messages: StreamMessage[] = [];
    for await (const message of scene.stream) messages.push(message);
    const finals = messages.filter((message) => message.type === 'intent' && message.status === 'final');
    assert.equal(finals.length, (MAX_QUEUED_MESSAGES + extra - 2) / 2);
    assert.deepEqual([messages.length, scene.stream.droppedTentatives], [MAX_QUEUED_MESSAGES, extra]);
  });

  it('ends a stream whose messages nobody reads', async () => {
    const scene = opened();
    for (let seq = 2; seq < MAX_UNREAD_MESSAGES + 10; seq += 1) scene.network.last.say(intent(seq, 'final'));
    assert.equal((await scene.stream.closed).reason, 'unread');
  });
});
