import assert from 'node:assert/strict';
import { milliseconds } from '../../server/domain/units.js';
import type { StartRequest } from '../../server/session/caller.js';
import { sayingBalance, shelfOf } from '../support/contexts.js';
import { startRequest } from '../support/memory-caller.js';
import { AT_ONCE, deferred, settled } from '../support/outcomes.js';
import {
  again,
  arrange,
  assertRefused,
  audio,
  CLOSE,
  eventsOf,
  lastOf,
  readyOf,
} from '../support/returning-callers.js';

describe('A stream whose connection was lost', () => {
  it('goes on where it was: missed messages are sent again, and the rest is as if nothing had happened', async () => {
    const whole = arrange().call(startRequest(), audio(3), audio(3, 5), CLOSE);
    await whole.story;
    const { call } = arrange();
    const first = call(startRequest(), audio(3));
    await settled();
    first.vanish();
    const seen = 3;
    const second = call(again(first, seen));
    second.say(audio(3, 5), CLOSE);
    await second.story;
    assert.deepEqual([...eventsOf(first).slice(0, seen - 1), ...eventsOf(second)], eventsOf(whole));
    assert.deepEqual(second.ends, [{ kind: 'done' }]);
  });

  it('says when it is resumed how many of its messages were taken in, and keeps its id and token', async () => {
    const { call } = arrange();
    const first = call(startRequest(), audio(1), { kind: 'keepalive' }, audio(1), { kind: 'finalize' });
    await settled();
    first.vanish();
    const { receivedMessages, sessionId, resumeToken } = readyOf(call(again(first, 1)));
    assert.deepEqual([receivedMessages, sessionId], [3, readyOf(first).sessionId]);
    assert.equal(resumeToken, readyOf(first).resumeToken);
  });

  it('goes on with the audio that it has while its caller is away', async () => {
    const { call } = arrange();
    const first = call(startRequest(), audio(3), CLOSE);
    first.vanish();
    await settled();
    const second = call(again(first, 1));
    assert.equal(lastOf(second)?.kind, 'closed');
    assert.deepEqual(second.ends, [{ kind: 'done' }]);
  });

  it('can be resumed when it has ended and its caller was lost', async () => {
    const { call } = arrange();
    const first = call(startRequest(), audio(3), CLOSE);
    await first.story;
    first.vanish();
    const second = call(again(first, 1));
    assert.deepEqual(eventsOf(second), eventsOf(first));
    assert.deepEqual(second.ends, [{ kind: 'done' }]);
  });

  it('is not disturbed by a close that the end of a call implies when close was sent before', async () => {
    const held = deferred<Awaited<ReturnType<typeof sayingBalance>>>();
    const { call } = arrange({ models: shelfOf(() => held.promise) });
    const first = call(startRequest(), audio(1), CLOSE);
    first.vanish();
    const second = call(again(first, 1), { kind: 'close', isImplied: true });
    held.resolve(await sayingBalance(new Float32Array(0), null, AT_ONCE));
    await second.story;
    assert.deepEqual([second.kinds.slice(-3), second.ends], [['final', 'utterance_end', 'closed'], [{ kind: 'done' }]]);
  });

  it('can be resumed again and again', async () => {
    const { call } = arrange();
    let caller = call(startRequest(), audio(2));
    for (let round = 0; round < 5; round++) {
      await settled();
      const lastSeq = caller.received.at(-1)!.seq;
      caller.vanish();
      caller = call(again(caller, lastSeq), audio(1));
    }
    caller.say(CLOSE);
    const closed = (await caller.story).at(-1);
    assert.ok(closed?.kind === 'closed');
    assert.equal(closed.audioMs, 7_000);
  });

  it('keeps what configure changed', async () => {
    const { call } = arrange();
    const first = call(startRequest(), { kind: 'configure', change: { interim: false } });
    first.vanish();
    const second = call(again(first, 1), audio(3), CLOSE);
    await second.story;
    assert.equal(readyOf(second).config.interim, false);
    assert.ok(!second.kinds.includes('tentative') && second.kinds.includes('final'));
  });

  it('says when it is resumed which settings are in force, even after it has ended', async () => {
    const { call } = arrange();
    const change = { topK: 2, threshold: 0.25, silence: milliseconds(400) };
    const first = call(startRequest(), { kind: 'configure', change }, audio(1), CLOSE);
    first.vanish();
    await settled();
    const { config } = readyOf(call(again(first, 1)));
    const { endpointing, ...before } = readyOf(first).config;
    const inForce = { ...before, topK: 2, threshold: 0.25, endpointing: { ...endpointing, silence: 400 } };
    assert.deepEqual(config, inForce);
  });

  it('is resumed even while its old connection seems alive, which is then ended', async () => {
    const { call, reception } = arrange();
    const first = call(startRequest(), audio(1));
    await settled();
    const second = call(again(first, 1), audio(2), CLOSE);
    assertRefused(first, /^the stream was resumed over another connection$/);
    await second.story;
    first.vanish();
    assert.deepEqual([lastOf(second)?.kind, reception.count], ['closed', 0]);
    assert.deepEqual(
      second.received.map(({ seq }) => seq),
      second.received.map((_, index) => index + 1),
    );
  });

  it('pauses its new caller when it had paused the old one', async () => {
    const held = deferred<Awaited<ReturnType<typeof sayingBalance>>>();
    const { call } = arrange({ models: shelfOf(() => held.promise) });
    const first = call(startRequest(), audio(3));
    first.vanish();
    const second = call(again(first, 1));
    assert.deepEqual(second.valve, ['pause']);
    held.resolve(await sayingBalance(new Float32Array(0), null, AT_ONCE));
    await settled();
    assert.equal(second.valve.at(-1), 'resume');
  });

  const OBJECTIONS: readonly (readonly [string, Partial<StartRequest>, RegExp])[] = [
    [
      'another rate',
      { audio: { encoding: 'pcm_s16le', sampleRate: 8_000 as never, channels: 1 } },
      /^audio\.sample_rate 8000 is not the stream's own 16000$/,
    ],
    [
      'another encoding',
      { audio: { encoding: 'mulaw', sampleRate: 16_000 as never, channels: 1 } },
      /^audio\.encoding "mulaw"/,
    ],
    [
      'more channels',
      { audio: { encoding: 'pcm_s16le', sampleRate: 16_000 as never, channels: 2 } },
      /^audio\.channels 2/,
    ],
    ['another model', { model: 'nosuch' }, /^model "nosuch" is not the stream's own "scripted"$/],
    ['another hop', { hop: milliseconds(250) }, /^hop_ms 250/],
    ['another reference', { clientReferenceId: 'x' }, /^client_reference_id "x"/],
  ];
  for (const [what, change, sentence] of OBJECTIONS)
    it(`is not resumed with ${what}, and can be resumed afterwards`, () => {
      const { call } = arrange();
      const first = call(startRequest());
      first.vanish();
      assertRefused(call(again(first, 1, change)), sentence);
      assert.equal(lastOf(call(again(first, 1)))?.kind, 'ready');
    });

  for (const [what, resume, sentence] of [
    ['a token that is not its own', { token: 'guess' }, /no stream that can be resumed/],
    ['an id that nobody has', { sessionId: 'guess' }, /^resume\.session_id "guess"/],
    [
      'a message that was never sent',
      { lastSeq: 99 },
      /^resume\.last_event_seq 99 has not been sent yet; the last was 1$/,
    ],
  ] as const)
    it(`is not resumed with ${what}, and can be resumed afterwards`, () => {
      const { call } = arrange();
      const first = call(startRequest());
      first.vanish();
      const { sessionId, resumeToken: token } = readyOf(first);
      assertRefused(call(startRequest({ resume: { sessionId, token, lastSeq: 1, ...resume } })), sentence);
      assert.equal(lastOf(call(again(first, 1)))?.kind, 'ready');
    });
});
