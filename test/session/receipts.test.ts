import assert from 'node:assert/strict';
import { MemoryCaller, startRequest } from '../support/memory-caller.js';
import { settled } from '../support/outcomes.js';
import { arrange, audio, CLOSE } from '../support/returning-callers.js';
import { babble, pcm16 } from '../support/tones.js';

const receiptsOf = (caller: MemoryCaller) =>
  caller.received.flatMap(({ message, seq }) => (message.kind === 'receipt' ? [{ ...message, seq }] : []));

describe('Receipts', () => {
  it('come only when they are asked for', async () => {
    const caller = arrange().call(startRequest(), audio(3), { kind: 'keepalive' }, CLOSE);
    await caller.story;
    assert.deepEqual(receiptsOf(caller), []);
  });

  it('count the messages taken in, and use up no sequence number', async () => {
    const caller = arrange().call(startRequest({ receipts: true }), audio(2), audio(2), CLOSE);
    await caller.story;
    assert.equal(receiptsOf(caller).at(-1)?.receivedMessages, 3);
    const counted = caller.received.filter(({ message }) => message.kind !== 'receipt');
    assert.deepEqual(
      counted.map(({ seq }) => seq),
      counted.map((_, index) => index + 1),
    );
  });

  it('do not count a close that the end of a call implies', async () => {
    const caller = arrange().call(startRequest({ receipts: true }), audio(2), { kind: 'close', isImplied: true });
    await caller.story;
    assert.equal(receiptsOf(caller).at(-1)?.receivedMessages, 1);
  });

  it('answer keepalive at once', () => {
    const caller = arrange().call(startRequest({ receipts: true }), { kind: 'keepalive' });
    assert.deepEqual(receiptsOf(caller), [{ kind: 'receipt', receivedMessages: 0, settledTo: 0, seq: 1 }]);
  });

  it('do not follow the error that ends a stream', async () => {
    const caller = arrange().call(startRequest({ receipts: true }), audio(4));
    caller.backlogBytes = 2 ** 21;
    const story = await caller.story;
    assert.deepEqual([story.at(-1)?.kind, caller.ends[0]?.kind], ['error', 'refused']);
    await settled();
    assert.equal(caller.received.length, story.length);
  });

  for (const [what, message] of [
    ['keepalives', { kind: 'keepalive' }],
    ['silence', { kind: 'audio', bytes: new Uint8Array(64_000) }],
  ] as const)
    it(`do not pile up without end: a client that reads nothing and sends ${what} is ended`, async () => {
      const caller = arrange().call(startRequest({ receipts: true }));
      caller.backlogBytes = 2 ** 21;
      caller.say(message);
      assert.equal((await caller.story).at(-1)?.kind, 'error');
    });

  it('never take back what was settled, although speech begins just before the end of a frame', async () => {
    const speech = pcm16([...new Float32Array(31_200), ...babble(2, 12)]);
    const caller = arrange().call(startRequest({ receipts: true }), { kind: 'audio', bytes: speech }, CLOSE);
    await caller.story;
    const told = receiptsOf(caller).map(({ settledTo }) => Number(settledTo));
    assert.ok(told.includes(1_800), String(told));
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
  });

  it('never call audio settled that an open utterance may still need', async () => {
    const caller = arrange().call(startRequest({ receipts: true }), audio(6), CLOSE);
    await caller.story;
    let openSince: number | null = null;
    let told = 0;
    for (const { message } of caller.received) {
      if (message.kind === 'speech_started') openSince = message.at;
      if (message.kind === 'utterance_end') openSince = null;
      if (message.kind !== 'receipt') continue;
      assert.ok(message.settledTo >= told && message.settledTo <= (openSince ?? Infinity));
      told = message.settledTo;
    }
    assert.ok(told > 0);
  });
});
