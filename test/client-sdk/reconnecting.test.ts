import assert from 'node:assert/strict';
import { EarshotError } from '../../client-sdk/src/earshot-error.js';
import type { Settings } from '../../client-sdk/src/stream-options.js';
import type { ClientDraft, Ready } from '../../proto/wire.js';
import { newScene, open, type Scene } from './scene.js';
import { CLOSED, intent, READY, receipt, REFUSED } from './messages.js';

const LOST = new EarshotError('disconnected', 'the network went away', { retryable: true });
const UNKNOWN = { ...REFUSED, code: 'bad_request' as const, message: 'resume.session_id "s" is no stream' };

const SECOND = new Uint8Array(32_000);
const ready = (change: Partial<Ready> = {}) => ({ ...READY, ...change });

const sent = ({ network }: Scene): ClientDraft[] => network.last.sent;
const audioBytes = (messages: readonly ClientDraft[]): number =>
  messages.reduce((sum, message) => sum + (message.type === 'audio' ? message.bytes.length : 0), 0);

/** Loses the connection, and lets the next one open. */
const loseAndOpen = (scene: Scene): void => {
  scene.network.last.events.ended(LOST);
  scene.clock.pass(250);
  scene.network.last.events.opened();
};

describe('A stream that loses its connection', () => {
  it('resumes with its token and the last message that it saw', () => {
    const scene = newScene();
    open(scene);
    scene.network.last.say(intent(2, 'tentative'), receipt(0), intent(3, 'tentative'));
    loseAndOpen(scene);
    const [start] = sent(scene);
    assert.deepEqual(start, {
      type: 'start',
      audio: { encoding: 'pcm_s16le', sample_rate: 16_000 },
      receipts: true,
      resume: { session_id: 's', resume_token: 'secret', last_event_seq: 3 },
    });
  });

  it('sends again what the server has not taken in, and what came meanwhile, in order', () => {
    const scene = newScene();
    open(scene);
    void scene.stream.send(SECOND.map(() => 1));
    void scene.stream.finalize();
    void scene.stream.send(SECOND.map(() => 2));
    scene.network.last.events.ended(LOST);
    void scene.stream.send(SECOND.map(() => 3));
    scene.clock.pass(250);
    scene.network.last.events.opened();
    scene.network.last.say(ready({ received_messages: 1 }));
    const what = sent(scene).map((message) => (message.type === 'audio' ? message.bytes[0] : message.type));
    assert.deepEqual(what, ['start', 'finalize', 2, 3]);
  });

  it('waits longer from attempt to attempt, at most ten seconds, and makes the last one when its minute ends', async () => {
    const scene = newScene();
    open(scene);
    scene.network.last.events.ended(LOST);
    const pauses: number[] = [];
    while (scene.stream.state === 'reconnecting') {
      const before = scene.network.connections.length;
      let pause = 0;
      for (; scene.network.connections.length === before && pause < 20_000; pause += 10) scene.clock.pass(10);
      pauses.push(pause);
      scene.network.last.events.ended(LOST);
    }
    assert.deepEqual(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000, 4_250]);
    assert.deepEqual((await scene.stream.closed).error, LOST);
  });

  for (const code of ['too_many_sessions', 'overloaded', 'draining'] as const)
    it(`tries again when it is told ${code}`, () => {
      const scene = newScene();
      open(scene);
      loseAndOpen(scene);
      scene.network.last.say({ ...REFUSED, code, retryable: true });
      assert.equal(scene.stream.state, 'reconnecting');
      scene.clock.pass(500);
      assert.equal(scene.network.connections.length, 3);
    });

  it('tries again no sooner than the server says', () => {
    const scene = newScene();
    open(scene);
    loseAndOpen(scene);
    scene.network.last.say({ ...REFUSED, code: 'overloaded', retryable: true, retry_after_ms: 3_000 });
    scene.clock.pass(2_990);
    assert.equal(scene.network.connections.length, 2);
    scene.clock.pass(510);
    assert.equal(scene.network.connections.length, 3);
  });

  for (const code of ['unauthenticated', 'permission_denied', 'model_not_found'] as const)
    it(`ends when it is told ${code}`, async () => {
      const scene = newScene();
      open(scene);
      loseAndOpen(scene);
      scene.network.last.say({ ...REFUSED, code });
      assert.equal((await scene.stream.closed).reason, code);
    });

  it('notices a connection that is dead but not closed', () => {
    const scene = newScene();
    open(scene);
    scene.clock.pass(10_000);
    assert.deepEqual(scene.network.last.sentTypes, ['start', 'keepalive']);
    scene.network.last.say(receipt(0));
    scene.clock.pass(14_000);
    assert.equal(scene.stream.state, 'open');
    scene.clock.pass(5_000);
    assert.deepEqual([scene.stream.state, scene.network.connections[0]!.ending], ['reconnecting', 'drop']);
  });
});

describe('A stream that its server no longer knows', () => {
  /** A stream whose server was restarted when `settledMs` of its audio were settled; its next connection is open. */
  const restarted = (settledMs: number, configure: Settings | null = null): Scene => {
    const scene = newScene();
    open(scene);
    if (configure) void scene.stream.configure(configure);
    for (let second = 0; second < 4; second += 1) void scene.stream.send(SECOND);
    const utterance = { channel: 0, utterance: 0 };
    scene.network.last.say(
      { type: 'speech_started', seq: 2, channel: 0, at_ms: 100 },
      { ...intent(3, 'final'), start_ms: 100, end_ms: 900 },
      { type: 'utterance_end', seq: 4, ...utterance, end_ms: 900, reason: 'silence' },
      receipt(configure ? 5 : 4, settledMs),
    );
    loseAndOpen(scene);
    scene.network.last.say(UNKNOWN);
    scene.clock.pass(500);
    scene.network.last.events.opened();
    return scene;
  };

  it('begins a new session, and sends again what the old one had not settled', () => {
    const scene = restarted(2_000);
    assert.deepEqual(sent(scene)[0], {
      type: 'start',
      audio: { encoding: 'pcm_s16le', sample_rate: 16_000 },
      receipts: true,
    });
    scene.network.last.say(READY);
    // 2000 ms are settled; a frame of 1000 ms before that lies in the hop that begins at 960 ms.
    assert.equal(audioBytes(sent(scene)), ((4_000 - 960) / 1_000) * SECOND.length);
  });

  it('begins the new session with what configure has changed', () => {
    const scene = restarted(4_000, { interim: false, endpointing: { silenceMs: 500 } });
    assert.deepEqual(sent(scene)[0], {
      type: 'start',
      audio: { encoding: 'pcm_s16le', sample_rate: 16_000 },
      receipts: true,
      interim: false,
      endpointing: { silence_ms: 500 },
    });
  });

  it('takes as much new audio as before while old audio is sent again', async () => {
    const scene = newScene(2_000);
    open(scene);
    for (let second = 1; second <= 6; second += 1) {
      void scene.stream.send(SECOND);
      scene.network.last.say(receipt(second, 0));
    }
    loseAndOpen(scene);
    scene.network.last.say(UNKNOWN);
    scene.clock.pass(500);
    scene.network.last.events.opened();
    scene.network.last.say(READY);
    assert.equal(audioBytes(sent(scene)), 6 * SECOND.length);
    assert.equal(await scene.stream.send(SECOND.subarray(0, 16_000)), 500);
    assert.equal(scene.stream.droppedMs, 0);
  });

  it('continues its numbers and its stream time in the new session', async () => {
    const scene = restarted(2_000);
    const told: unknown[] = [];
    scene.stream.on('reconnected', (event) => told.push(event));
    scene.network.last.say(
      READY,
      { type: 'speech_started', seq: 2, channel: 0, at_ms: 500 },
      { ...intent(3, 'final'), start_ms: 500, end_ms: 1_500 },
      { type: 'utterance_end', seq: 4, channel: 0, utterance: 0, end_ms: 1_500, reason: 'close' },
    );
    void scene.stream.close();
    scene.network.last.say(receipt(5, 3_000), { ...CLOSED, seq: 5, audio_ms: 3_040 });
    const messages: Record<string, unknown>[] = [];
    for await (const message of scene.stream) messages.push(message as never);
    assert.deepEqual(
      messages.map(({ type, seq, utterance, at_ms, end_ms, audio_ms }) => [
        type,
        seq,
        utterance ?? null,
        at_ms ?? end_ms ?? audio_ms ?? null,
      ]),
      [
        ['ready', 1, null, null],
        ['speech_started', 2, null, 100],
        ['intent', 3, 0, 900],
        ['utterance_end', 4, 0, 900],
        ['speech_started', 5, null, 1_460],
        ['intent', 6, 1, 2_460],
        ['utterance_end', 7, 1, 2_460],
        ['closed', 8, null, 4_000],
      ],
    );
    assert.deepEqual(told, [{ resumed: false, lostMs: 0 }]);
  });

  it('never repeats an utterance that was announced to its end', async () => {
    const scene = restarted(0);
    scene.network.last.say(
      READY,
      { type: 'speech_started', seq: 2, channel: 0, at_ms: 100 },
      { ...intent(3, 'final'), start_ms: 100, end_ms: 900 },
      { type: 'utterance_end', seq: 4, channel: 0, utterance: 0, end_ms: 900, reason: 'silence' },
      { type: 'speech_started', seq: 5, channel: 0, at_ms: 3_000 },
      { ...intent(6, 'final'), utterance: 1, start_ms: 3_000, end_ms: 3_500 },
      { type: 'utterance_end', seq: 7, channel: 0, utterance: 1, end_ms: 3_500, reason: 'close' },
    );
    void scene.stream.close();
    scene.network.last.say(receipt(5, 4_000), { ...CLOSED, seq: 8, utterances: 2 });
    const ends: unknown[] = [];
    for await (const message of scene.stream)
      if (message.type === 'utterance_end') ends.push([message.utterance, message.end_ms]);
    assert.deepEqual(ends, [
      [0, 900],
      [1, 3_500],
    ]);
    assert.equal((await scene.stream.close()).utterances, 2);
  });

  it('goes on at another server when its own drains, and sends it only what the first has not classified', () => {
    const scene = newScene();
    open(scene);
    for (let second = 0; second < 3; second += 1) void scene.stream.send(SECOND);
    scene.network.last.say({ type: 'reconnect', seq: 2, grace_ms: 0 }, receipt(2), {
      ...CLOSED,
      seq: 3,
      audio_ms: 2_000,
    });
    assert.deepEqual([scene.stream.state, scene.network.last.ending], ['reconnecting', 'close']);
    scene.clock.pass(250);
    scene.network.last.events.opened();
    scene.network.last.say(READY);
    // From the last hop on, which began at 1920 ms.
    assert.equal(audioBytes(sent(scene)), ((3_000 - 1_920) / 1_000) * SECOND.length);
  });
});
