import assert from 'node:assert/strict';
import { ALL_RIGHTS } from '../../server/domain/identity.js';
import type { CallerMessage } from '../../server/session/caller.js';
import { startRequest, MemoryCaller } from '../support/memory-caller.js';
import { settled } from '../support/outcomes.js';
import { again, arrange, assertRefused, audio, CLOSE, lastOf } from '../support/returning-callers.js';

const limited = (maxStreams: number) => {
  const { reception, clock } = arrange();
  const identity = { name: 'key:limited', rights: { ...ALL_RIGHTS, maxStreams } };
  const call = (...messages: CallerMessage[]): MemoryCaller => {
    const caller = new MemoryCaller(identity);
    reception.receive(caller);
    caller.say(...messages);
    return caller;
  };
  return { reception, clock, call, limit: () => reception.refusalFor(identity)?.code ?? null };
};
const codeOf = (caller: MemoryCaller): string | null => {
  const last = lastOf(caller);
  return last?.kind === 'error' ? last.code : null;
};

describe('A caller at its limit of streams', () => {
  it('resumes a stream whose old connection seems alive: the stream keeps its place', async () => {
    const { call, reception, limit } = limited(1);
    const first = call(startRequest(), audio(1));
    await settled();
    const second = call(again(first, 1), audio(1));
    assertRefused(first, /^the stream was resumed over another connection$/);
    first.vanish();
    assert.deepEqual([codeOf(second), reception.count, limit()], [null, 1, 'too_many_sessions']);
    second.say(CLOSE);
    await second.story;
    assert.deepEqual([lastOf(second)?.kind, reception.count, limit()], ['closed', 0, null]);
  });

  it('opens no stream more', () => {
    const { call, limit } = limited(1);
    const first = call(startRequest());
    const second = call(startRequest());
    assert.deepEqual([codeOf(second), second.ends.length, codeOf(first)], ['too_many_sessions', 1, null]);
    first.hangUp();
    assert.equal(limit(), null);
  });

  it('does not resume a lost stream whose place it has given to another', () => {
    const { call } = limited(1);
    const lost = call(startRequest());
    lost.vanish();
    const other = call(startRequest());
    const early = call(again(lost, 1));
    assert.deepEqual([codeOf(early), early.ends.length], ['too_many_sessions', 1]);
    other.hangUp();
    const late = call(again(lost, 1));
    assert.deepEqual([lastOf(late)?.kind, codeOf(call(startRequest()))], ['ready', 'too_many_sessions']);
  });

  it('has one connection more for each open stream, and none for what has not started', () => {
    const { call } = limited(2);
    const [first, waiting] = [call(startRequest()), call()];
    const [one, two] = [call(), call()];
    assert.deepEqual([codeOf(one), codeOf(two)], [null, 'too_many_sessions']);
    one.say(again(first, 1));
    assert.deepEqual([codeOf(first), lastOf(one)?.kind], ['bad_request', 'ready']);
    waiting.say(startRequest());
    assert.deepEqual([codeOf(waiting), codeOf(call(startRequest()))], [null, 'too_many_sessions']);
  });

  it('opens a stream over a connection beyond it once there is room', () => {
    const { call, limit } = limited(1);
    const first = call(startRequest());
    const second = call();
    first.hangUp();
    second.say(startRequest());
    assert.deepEqual([lastOf(second)?.kind, limit()], ['ready', 'too_many_sessions']);
    second.hangUp();
    assert.equal(limit(), null);
  });
});
