import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ALL_RIGHTS, type Identity } from '../../server/domain/identity.js';
import type { CallerMessage } from '../../server/session/caller.js';
import { Accounts } from '../../server/session/accounts.js';
import { Reception } from '../../server/session/reception.js';
import { contextWith, sayingBalance, shelfOf } from '../support/contexts.js';
import { statelessCard } from '../support/cards.js';
import { ManualClock } from '../support/manual-clock.js';
import { MemoryCaller, startRequest } from '../support/memory-caller.js';
import { babble, pcm16 } from '../support/tones.js';

const MINUTE = 60_000;
const identity = (rights: Partial<Identity['rights']>, name = 'key:tests'): Identity => ({
  name,
  rights: { ...ALL_RIGHTS, ...rights },
});
const SECOND: CallerMessage = { kind: 'audio', bytes: pcm16(babble(1, 4)) };

describe('The audio of an account', () => {
  it('never exceeds its limit within an hour, and is never refused while the last 61 minutes leave room', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ pauseMs: fc.nat(20 * MINUTE), seconds: fc.integer({ min: 1, max: 60 }) }), {
          maxLength: 200,
        }),
        (steps) => {
          const clock = new ManualClock();
          const account = new Accounts(clock).of(identity({ audioSecondsPerHour: 300 }));
          const heard: { at: number; seconds: number }[] = [];
          for (const { pauseMs, seconds } of steps) {
            clock.pass(pauseMs);
            const within = (ms: number) =>
              heard.filter(({ at }) => at > clock.now() - ms).reduce((sum, one) => sum + one.seconds, 0);
            // Audio is counted by the minute: all of the last 60 minutes, perhaps part of the one before.
            const refused = account.hear(seconds);
            if (refused) assert.ok(within(61 * MINUTE) + seconds > 300);
            else {
              assert.ok(within(60 * MINUTE) + seconds <= 300);
              heard.push({ at: clock.now(), seconds });
            }
          }
        },
      ),
    ));

  it('is counted together for all callers of the same name', () => {
    const accounts = new Accounts(new ManualClock());
    const limited = identity({ audioSecondsPerHour: 10 });
    assert.equal(accounts.of(limited).hear(6), null);
    assert.equal(accounts.of({ ...limited }).hear(6)?.code, 'rate_exceeded');
    assert.equal(accounts.of(identity({ audioSecondsPerHour: 10 }, 'key:others')).hear(6), null);
  });
});

describe('The rights of a caller', () => {
  const arrange = () => {
    const clock = new ManualClock();
    const models = shelfOf(sayingBalance);
    const [first] = models.all;
    models.place([first!, { ...first!, card: { ...statelessCard(), name: 'second' } }], null);
    const reception = new Reception(contextWith({ clock, models }));
    reception.open();
    const call = (rights: Partial<Identity['rights']>, name?: string) => {
      const caller = new MemoryCaller(identity(rights, name));
      reception.receive(caller);
      return caller;
    };
    return { clock, reception, call };
  };
  const codeOf = (caller: MemoryCaller): string | null => {
    const last = caller.received.at(-1)?.message;
    return last?.kind === 'error' ? last.code : null;
  };

  it('limit its open streams, and a stream that ends makes room', () => {
    const { call } = arrange();
    const two = { maxStreams: 2 };
    const [first] = [call(two), call(two)];
    assert.equal(codeOf(call(two)), 'too_many_sessions');
    assert.equal(codeOf(call(two, 'key:others')), null);
    first.hangUp();
    assert.equal(codeOf(call(two)), null);
    assert.equal(codeOf(call(two)), 'too_many_sessions');
  });

  it('count a stream once, even when its caller was lost and came back', () => {
    const { call, reception } = arrange();
    const one = { maxStreams: 1 };
    for (let round = 0; round < 3; round++) {
      const first = call(one);
      first.say(startRequest());
      const ready = first.received[0]?.message;
      assert.ok(ready?.kind === 'ready', codeOf(first) ?? 'no ready');
      first.vanish();
      const again = call(one);
      const resume = { sessionId: ready.sessionId, token: ready.resumeToken, lastSeq: 1 };
      again.say(startRequest({ resume }));
      const another = call(one);
      another.say(startRequest());
      assert.equal(codeOf(another), 'too_many_sessions');
      again.hangUp();
    }
    assert.equal(reception.count, 0);
  });

  it('say which models it may use: the first is its default, and a refusal does not tell whether another exists', () => {
    const { call } = arrange();
    const second = { models: ['second'] };
    const started = call(second);
    started.say(startRequest());
    const ready = started.received[0]?.message;
    assert.equal(ready?.kind === 'ready' && ready.config.model, 'second');
    for (const model of ['scripted', 'nosuch', '../second', 'second/../scripted']) {
      const caller = call(second);
      caller.say(startRequest({ model }));
      assert.equal(codeOf(caller), 'permission_denied');
    }
    const none = call({ models: ['nosuch'] });
    none.say(startRequest());
    assert.equal(codeOf(none), 'permission_denied');
  });

  it('limit its audio within an hour: one warning per stream when nearly all is used, then a refusal, later room again', () => {
    const { call, clock } = arrange();
    const ten = { audioSecondsPerHour: 10 };
    const [first, second] = [call(ten), call(ten)];
    for (const caller of [first, second]) caller.say(startRequest());
    for (let round = 0; round < 4; round++) for (const caller of [first, second]) caller.say(SECOND);
    assert.ok(!first.kinds.includes('warning'));
    for (const caller of [first, second]) caller.say(SECOND);
    assert.deepEqual(
      [first, second].map(({ kinds }) => kinds.filter((kind) => kind === 'warning').length),
      [1, 1],
    );
    first.say(SECOND);
    assert.equal(codeOf(first), 'rate_exceeded');
    assert.deepEqual(
      first.ends.map(({ kind }) => kind),
      ['refused'],
    );
    clock.pass(61 * MINUTE);
    const later = call(ten);
    later.say(startRequest(), SECOND);
    assert.equal(codeOf(later), null);
  });

  it('count the audio of every channel', () => {
    const { call } = arrange();
    const caller = call({ audioSecondsPerHour: 3 });
    caller.say(startRequest({ audio: { encoding: 'pcm_s16le', sampleRate: 8_000 as never, channels: 2 } }));
    caller.say({ kind: 'audio', bytes: new Uint8Array(8_000 * 2 * 2) });
    assert.equal(codeOf(caller), null);
    caller.say({ kind: 'audio', bytes: new Uint8Array(8_000 * 2 * 2) });
    assert.equal(codeOf(caller), 'rate_exceeded');
  });
});
