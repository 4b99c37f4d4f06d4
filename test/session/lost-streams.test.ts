import assert from 'node:assert/strict';
import { milliseconds } from '../../server/domain/units.js';
import { MAX_KEPT_MESSAGES } from '../../server/session/outbox.js';
import { sessionLimits } from '../support/contexts.js';
import { startRequest } from '../support/memory-caller.js';
import { settled } from '../support/outcomes.js';
import { again, arrange, assertRefused, audio, eventsOf, lastOf, readyOf } from '../support/returning-callers.js';

const WINDOW_MS = 30_000;

describe('A lost stream', () => {
  it('leaves nothing behind when nobody comes back in time', async () => {
    const { call, clock, reception } = arrange();
    const first = call(startRequest(), audio(3));
    await settled();
    first.vanish();
    assert.deepEqual([reception.count, reception.lostCount], [0, 1]);
    clock.pass(WINDOW_MS);
    assert.deepEqual([reception.count, reception.lostCount, clock.pendingAlarms], [0, 0, 0]);
    assertRefused(call(again(first, 1)), /^resume\.session_id ".*" .* has ended, or was lost for too long/);
  });

  it('is not kept when its caller has hung up', async () => {
    const { call, reception, clock } = arrange();
    const first = call(startRequest(), audio(1));
    await settled();
    first.hangUp();
    assert.deepEqual([reception.count, reception.lostCount, clock.pendingAlarms], [0, 0, 0]);
    assertRefused(call(again(first, 1)), /no stream that can be resumed/);
  });

  it('is not idle while its caller is away, and can become idle again after it is resumed', () => {
    const { call, clock } = arrange();
    const first = call(startRequest());
    clock.pass(15_000);
    first.vanish();
    clock.pass(20_000);
    const second = call(again(first, 1));
    assert.equal(lastOf(second)?.kind, 'ready');
    clock.pass(30_000);
    assert.ok(lastOf(second)?.kind === 'error');
  });

  it('takes no place from an open stream', () => {
    const { call, reception } = arrange({ maxSessions: 1 });
    call(startRequest()).vanish();
    assert.equal(reception.refusal, null);
    call(startRequest()).vanish();
    assert.equal(reception.lostCount, 1);
  });

  it('is given up, the longest lost first, when there are too many', () => {
    const { call, reception } = arrange({ maxSessions: 2 });
    const [first, second, third] = [0, 1, 2].map(() => {
      const caller = call(startRequest());
      caller.vanish();
      return caller;
    });
    assert.equal(reception.lostCount, 2);
    assertRefused(call(again(first!, 1)), /no stream that can be resumed/);
    for (const kept of [second!, third!]) assert.equal(lastOf(call(again(kept, 1)))?.kind, 'ready');
  });

  it('is given up when the server drains', async () => {
    const { call, reception, clock } = arrange();
    call(startRequest(), audio(1)).vanish();
    await reception.drain(milliseconds(1_000));
    assert.deepEqual([reception.lostCount, clock.pendingAlarms], [0, 0]);
  });

  it('is given up when it is lost while the server drains', async () => {
    const { call, reception, clock } = arrange();
    const caller = call(startRequest(), audio(1));
    const drained = reception.drain(milliseconds(1_000));
    caller.vanish();
    await drained;
    assert.deepEqual([reception.lostCount, reception.heldCount, clock.pendingAlarms], [0, 0, 0]);
  });

  it('gets no resume token when lost streams are not kept', () => {
    const limits = sessionLimits({ resumeWindow: milliseconds(0) });
    const { call, reception, clock } = arrange({ limits });
    const caller = call(startRequest());
    assert.equal(readyOf(caller).resumeToken, '');
    caller.vanish();
    assert.deepEqual([reception.lostCount, clock.pendingAlarms], [0, 0]);
  });

  it('keeps a bounded number of messages, and refuses a resume that needs older ones', async () => {
    const { call } = arrange();
    const first = call(
      startRequest({ endpointing: { silence: milliseconds(200), maxUtterance: milliseconds(1_000) } }),
    );
    while (first.received.length < MAX_KEPT_MESSAGES + 10) {
      first.say(audio(20));
      await settled();
    }
    const newest = first.received.at(-1)!.seq;
    first.vanish();
    assertRefused(
      call(again(first, 5)),
      /^resume\.last_event_seq 5 is too old: messages before \d+ are no longer kept/,
    );
    const second = call(again(first, newest - MAX_KEPT_MESSAGES));
    assert.equal(eventsOf(second).length, MAX_KEPT_MESSAGES);
  });

  it('forgets messages that are older than the resume window', async () => {
    const { call, clock } = arrange();
    const first = call(startRequest(), audio(3));
    await settled();
    clock.pass(WINDOW_MS - 1);
    first.say(audio(1));
    clock.pass(2);
    first.say(audio(1));
    await settled();
    first.vanish();
    assertRefused(call(again(first, 1)), /too old/);
  });
});
