import assert from 'node:assert/strict';
import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import { MAX_QUEUED_MESSAGES } from '../../client-sdk/src/message-queue.js';
import { StreamCore } from '../../client-sdk/src/stream-core.js';
import type { ServerMessage, StartDraft } from '../../proto/wire.js';
import { CLOSED, intent, READY, REFUSED } from './messages.js';
import { ScriptedConnection } from './scripted-connection.js';

const START: StartDraft = { type: 'start', audio: { encoding: 'pcm_s16le', sample_rate: 16_000 } };
const GONE = new EarshotError('disconnected', 'the network went away', { retryable: true, closeCode: 1006 });

type State = 'connecting' | 'open' | 'draining' | 'ended well' | 'ended badly';

/** A stream brought to a state. */
function streamIn(state: State): { stream: StreamCore; connection: ScriptedConnection } {
  const connection = new ScriptedConnection();
  const stream = new StreamCore(START, connection.connect);
  connection.events.opened();
  if (state !== 'connecting') connection.say(READY);
  if (state === 'draining' || state === 'ended well') void stream.close();
  if (state === 'ended well') connection.say(CLOSED);
  if (state === 'ended badly') connection.events.ended(GONE);
  return { stream, connection };
}

const METHODS = {
  send: (stream: StreamCore) => stream.send(new Int16Array(10)),
  configure: (stream: StreamCore) => stream.configure({ interim: false }),
  finalize: (stream: StreamCore) => stream.finalize(),
  keepalive: (stream: StreamCore) => stream.keepalive(),
};

/** What each method does in each state: resolves, or rejects with a code. */
const METHOD_OUTCOMES: readonly [State, string][] = [
  ['connecting', 'invalid_state'],
  ['open', 'resolves'],
  ['draining', 'invalid_state'],
  ['ended well', 'invalid_state'],
  ['ended badly', 'disconnected'],
];

const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolves',
    (error: unknown) => (error instanceof EarshotError ? error.code : String(error)),
  );

async function messagesOf(stream: StreamCore): Promise<ServerMessage[]> {
  const messages: ServerMessage[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

describe('A stream', () => {
  for (const [state, outcome] of METHOD_OUTCOMES) {
    for (const [name, call] of Object.entries(METHODS)) {
      it(`${state}: ${name}() → ${outcome}`, async () => {
        assert.equal(await outcomeOf(call(streamIn(state).stream)), outcome);
      });
    }
  }

  for (const [state, outcome] of [
    ['connecting', 'invalid_state'],
    ['ended well', 'resolves'],
    ['ended badly', 'disconnected'],
  ] as const) {
    it(`${state}: close() → ${outcome}`, async () => {
      assert.equal(await outcomeOf(streamIn(state).stream.close()), outcome);
    });
  }

  for (const state of ['connecting', 'open', 'draining'] as const) {
    it(`${state}: abort() ends it and its connection`, async () => {
      const { stream, connection } = streamIn(state);
      stream.abort();
      assert.deepEqual(
        [stream.state, connection.ending, await outcomeOf(stream.closed)],
        ['closed', 'abort', 'aborted'],
      );
    });

    it(`${state}: a lost connection rejects everything pending`, async () => {
      const { stream, connection } = streamIn(state);
      connection.hasRoom = false;
      const messages = stream[Symbol.asyncIterator]();
      if (state !== 'connecting') await messages.next();
      const opening = state === 'connecting' ? stream.opening : stream.closed;
      const sending = state === 'open' ? stream.send(new Int16Array(10)) : stream.closed;
      const pending = Promise.all([messages.next(), stream.closed, opening, sending].map(outcomeOf));
      connection.events.ended(GONE);
      assert.deepEqual(await pending, Array<string>(4).fill('disconnected'));
    });
  }

  for (const state of ['ended well', 'ended badly'] as const) {
    it(`${state}: abort() changes nothing`, async () => {
      const { stream } = streamIn(state);
      const before = await outcomeOf(stream.closed);
      stream.abort();
      assert.equal(await outcomeOf(stream.closed), before);
    });
  }

  it('sends start once the connection is open, and nothing before', () => {
    const connection = new ScriptedConnection();
    new StreamCore(START, connection.connect);
    assert.deepEqual(connection.sent, []);
    connection.events.opened();
    assert.deepEqual(connection.sent, [START]);
  });

  it('resolves at ready', async () => {
    const { stream } = streamIn('open');
    assert.equal((await stream.opening).ready, READY);
  });

  it('rejects when the server refuses it', async () => {
    const { stream, connection } = streamIn('connecting');
    connection.say(REFUSED);
    await assert.rejects(stream.opening, {
      code: 'model_not_found',
      message: 'start.model "x" is not served; give m',
      retryable: false,
      serverMessage: REFUSED,
    });
    assert.equal(connection.ending, 'close');
  });

  it('says close once, however often it is asked', async () => {
    const { stream, connection } = streamIn('open');
    const totals = Promise.all([stream.close(), stream.close()]);
    connection.say(CLOSED);
    assert.deepEqual(await totals, [CLOSED, CLOSED]);
    assert.equal(connection.sent.filter(({ type }) => type === 'close').length, 1);
  });

  it('cuts audio to the longest message that the server takes', async () => {
    const { stream, connection } = streamIn('open');
    await stream.send(new Uint8Array(2_500).map((_, i) => i));
    const audio = connection.sent.flatMap((message) => (message.type === 'audio' ? [message.bytes] : []));
    assert.deepEqual(
      audio.map(({ length }) => length),
      [1_000, 1_000, 500],
    );
    assert.deepEqual(Buffer.concat(audio), Buffer.from(new Uint8Array(2_500).map((_, i) => i)));
  });

  it('refuses samples that are not of its encoding', async () => {
    const { stream } = streamIn('open');
    await assert.rejects(stream.send(new Float32Array(1)), {
      code: 'bad_request',
      message: 'a Float32Array is pcm_f32le, but the stream is pcm_s16le; send a Uint8Array of pcm_s16le',
    });
  });

  it('refuses settings with the sentence that the server would say', async () => {
    const { stream } = streamIn('open');
    await assert.rejects(stream.configure({ topK: 0 }), { message: 'configure.top_k 0 is outside 1–100' });
  });

  it('lets send() wait while the connection is full', async () => {
    const { stream, connection } = streamIn('open');
    connection.hasRoom = false;
    let isDone = false;
    const sent = stream.send(new Int16Array(10)).then(() => (isDone = true));
    await Promise.resolve();
    assert.equal(isDone, false);
    connection.events.drained();
    assert.equal(await sent, true);
  });

  it('gives every message in order, and ends after closed', async () => {
    const { stream, connection } = streamIn('open');
    const expected = [READY, intent(2, 'tentative'), intent(3, 'final'), CLOSED];
    connection.say(...expected.slice(1));
    assert.deepEqual(await messagesOf(stream), expected);
  });

  it('gives what came before an error, then throws it', async () => {
    const { stream, connection } = streamIn('open');
    connection.say(intent(2, 'final'), REFUSED);
    const iterator = stream[Symbol.asyncIterator]();
    assert.deepEqual([(await iterator.next()).value, (await iterator.next()).value], [READY, intent(2, 'final')]);
    await assert.rejects(iterator.next(), { code: 'model_not_found' });
  });

  it('drops only tentative intents when nobody reads, and counts them', async () => {
    const { stream, connection } = streamIn('open');
    const extra = 10;
    for (let seq = 2; seq < MAX_QUEUED_MESSAGES + extra; seq += 1) {
      connection.say(intent(seq, seq % 2 === 0 ? 'tentative' : 'final'));
    }
    connection.say(CLOSED);
    const messages = await messagesOf(stream);
    const finals = messages.filter((message) => message.type === 'intent' && message.status === 'final');
    assert.equal(finals.length, (MAX_QUEUED_MESSAGES + extra - 2) / 2);
    assert.deepEqual([messages.length, stream.droppedTentatives], [MAX_QUEUED_MESSAGES, extra]);
  });

  for (const [what, say, problem] of [
    ['speaks before ready', [CLOSED], 'closed came before ready'],
    ['is ready twice', [READY, READY], 'ready came after ready'],
  ] as const) {
    it(`ends when the server ${what}`, async () => {
      const { stream, connection } = streamIn('connecting');
      connection.say(...say);
      await assert.rejects(stream.closed, { code: 'protocol_violation', message: problem });
      assert.equal(connection.ending, 'abort');
    });
  }
});
