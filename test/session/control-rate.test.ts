import assert from 'node:assert/strict';
import type { CallerMessage } from '../../server/session/caller.js';
import { CONTROL_BURST, CONTROL_MESSAGES_A_SECOND } from '../../server/session/control-rate.js';
import { startRequest } from '../support/memory-caller.js';
import { arrange, lastOf } from '../support/returning-callers.js';

const CONTROL: readonly (readonly [string, CallerMessage])[] = [
  ['finalize', { kind: 'finalize' }],
  ['configure', { kind: 'configure', change: { topK: 3 } }],
  ['keepalive', { kind: 'keepalive' }],
  ['a ping', { kind: 'ping' }],
  ['empty audio', { kind: 'audio', bytes: new Uint8Array() }],
];

describe('The rate of messages without audio', () => {
  for (const [name, message] of CONTROL)
    it(`is limited for ${name}: a warning, then rate_exceeded`, () => {
      const { call, reception } = arrange();
      const caller = call(startRequest(), ...Array.from({ length: CONTROL_BURST - 1 }, () => message));
      assert.deepEqual([caller.kinds.filter((kind) => kind === 'warning').length, caller.ends.length], [1, 0]);
      caller.say(message);
      const error = lastOf(caller);
      assert.ok(error?.kind === 'error');
      assert.deepEqual([error.code, caller.ends.length, reception.heldCount], ['rate_exceeded', 1, 0]);
    });

  it('does not count the close that the end of a call implies', () => {
    const { call } = arrange();
    const caller = call(startRequest(), ...Array.from({ length: CONTROL_BURST - 1 }, () => CONTROL[0]![1]));
    caller.say({ kind: 'close', isImplied: true });
    assert.ok(!caller.kinds.includes('error'));
  });

  it('may stay at the limit for ever', () => {
    const { call, clock } = arrange();
    const caller = call(startRequest());
    for (let second = 0; second < 60; second++) {
      caller.say(...Array.from({ length: CONTROL_MESSAGES_A_SECOND }, (): CallerMessage => ({ kind: 'keepalive' })));
      clock.pass(1_000);
    }
    assert.deepEqual([caller.kinds, caller.ends], [['ready'], []]);
  });

  it('does not count audio', () => {
    const { call } = arrange();
    const one: CallerMessage = { kind: 'audio', bytes: new Uint8Array(2) };
    const caller = call(startRequest(), ...Array.from({ length: 10 * CONTROL_BURST }, () => one));
    assert.deepEqual([caller.kinds, caller.ends], [['ready'], []]);
  });

  it('is limited before start too: the caller is ended, without a warning', () => {
    const { call } = arrange();
    const caller = call(...Array.from({ length: CONTROL_BURST + 1 }, (): CallerMessage => ({ kind: 'ping' })));
    assert.deepEqual([caller.kinds, caller.ends.length], [['error'], 1]);
  });

  it('is warned of after start where half of the burst came before it', () => {
    const { call } = arrange();
    const pings = Array.from({ length: CONTROL_BURST / 2 + 10 }, (): CallerMessage => ({ kind: 'ping' }));
    const caller = call(...pings, startRequest(), { kind: 'ping' }, { kind: 'ping' });
    assert.deepEqual(caller.kinds, ['ready', 'warning']);
  });
});
