import assert from 'node:assert/strict';
import { milliseconds } from '../../server/domain/units.js';
import { sessionLimits } from '../support/contexts.js';
import { startRequest, type MemoryCaller } from '../support/memory-caller.js';
import { settled } from '../support/outcomes.js';
import { arrange, audio, lastOf } from '../support/returning-callers.js';

const warnings = (caller: MemoryCaller): unknown[] =>
  caller.received.flatMap(({ message }) => (message.kind === 'warning' ? [message.code] : []));

describe('The time limits of a stream', () => {
  it('warn a stream that sends nothing before they end it', () => {
    const { call, clock } = arrange();
    const caller = call(startRequest());
    clock.pass(19_999);
    assert.deepEqual(warnings(caller), []);
    clock.pass(1);
    const warning = lastOf(caller);
    assert.ok(warning?.kind === 'warning');
    assert.deepEqual([warning.code, warning.message.includes('20000 ms: after 30000 ms')], ['idle', true]);
    clock.pass(9_999);
    assert.deepEqual(caller.ends, []);
    clock.pass(1);
    assert.equal(caller.ends.length, 1);
  });

  it('warn it again only when it stops sending another time', () => {
    const { call, clock } = arrange();
    const caller = call(startRequest());
    clock.pass(25_000);
    caller.say({ kind: 'keepalive' });
    clock.pass(25_000);
    assert.deepEqual([warnings(caller), caller.ends], [['idle', 'idle'], []]);
  });

  it('are not extended by messages other than audio and keepalive', () => {
    const { call, clock } = arrange();
    const caller = call(startRequest());
    for (let second = 0; second < 29; second++) {
      clock.pass(1_000);
      caller.say({ kind: 'finalize' }, { kind: 'configure', change: { topK: 3 } }, { kind: 'ping' });
    }
    assert.deepEqual([warnings(caller), caller.ends], [['idle'], []]);
    clock.pass(1_000);
    const error = lastOf(caller);
    assert.ok(error?.kind === 'error');
    assert.equal(error.code, 'idle_timeout');
  });

  it('end it after the longest time that it may be open: a warning, reconnect, the finals, closed', async () => {
    const { call, clock } = arrange({ limits: sessionLimits({ maxStream: milliseconds(600_000) }) });
    const caller = call(startRequest());
    for (let passed = 0; passed < 540_000; passed += 10_000) {
      caller.say({ kind: 'keepalive' });
      clock.pass(10_000);
    }
    const [warning, reconnect] = caller.received.slice(-2).map(({ message }) => message);
    assert.ok(warning?.kind === 'warning' && reconnect?.kind === 'reconnect');
    assert.deepEqual([warning.code, reconnect.grace], ['stream_length', 60_000]);
    for (let passed = 0; passed < 50_000; passed += 10_000) {
      caller.say({ kind: 'keepalive' });
      clock.pass(10_000);
    }
    caller.say(audio(2));
    clock.pass(10_000);
    await caller.story;
    assert.deepEqual(caller.kinds.slice(-3), ['final', 'utterance_end', 'closed']);
    assert.deepEqual([caller.ends, clock.pendingAlarms], [[{ kind: 'drained' }], 0]);
  });

  it('go on while its caller is lost', async () => {
    const { call, clock, reception } = arrange({ limits: sessionLimits({ maxStream: milliseconds(10_000) }) });
    call(startRequest()).vanish();
    clock.pass(10_000);
    await settled();
    clock.pass(20_000);
    assert.deepEqual([reception.heldCount, clock.pendingAlarms], [0, 0]);
  });
});
