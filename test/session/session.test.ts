import assert from 'node:assert/strict';
import { refusal } from '../../server/domain/error-code.js';
import { silentLog } from '../../server/domain/log.js';
import { milliseconds } from '../../server/domain/units.js';
import type { CallerMessage } from '../../server/session/caller.js';
import { Reception } from '../../server/session/reception.js';
import type { SessionContext } from '../../server/session/session-context.js';
import { statefulCard } from '../support/cards.js';
import { contextWith, sayingBalance, sessionLimits, shelfOf } from '../support/contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { MemoryCaller, startRequest } from '../support/memory-caller.js';
import { AT_ONCE, deferred, settled } from '../support/outcomes.js';
import { babble, pcm16 } from '../support/tones.js';

const arrange = (change: Partial<SessionContext> = {}) => {
  const clock = new ManualClock();
  const reception = new Reception(contextWith({ clock, ...change }));
  reception.open();
  const caller = new MemoryCaller();
  reception.receive(caller);
  return { clock, reception, caller };
};

const SPEECH: CallerMessage = { kind: 'audio', bytes: pcm16(babble(3, 4)) };

const lastError = (caller: MemoryCaller) => {
  const last = caller.received.at(-1)?.message;
  assert.ok(last?.kind === 'error', `last was ${last?.kind}`);
  return last;
};

describe('A session', () => {
  it('answers start with ready, every default filled in', () => {
    const { caller } = arrange();
    caller.say(startRequest());
    const ready = caller.received[0]?.message;
    assert.ok(ready?.kind === 'ready');
    assert.deepEqual([ready.config.model, ready.config.hop, ready.config.threshold], ['scripted', 500, 0.5]);
  });

  it('counts its messages from 1 without holes', async () => {
    const { caller } = arrange();
    caller.say(startRequest(), SPEECH, { kind: 'close' });
    await caller.story;
    assert.deepEqual(
      caller.received.map(({ seq }) => seq),
      caller.received.map((_, index) => index + 1),
    );
  });

  it('drains at close: finals, then closed with totals, then one normal end', async () => {
    const { caller } = arrange();
    caller.say(startRequest(), SPEECH, { kind: 'close' });
    const story = await caller.story;
    assert.deepEqual(caller.ends, [{ kind: 'done' }]);
    const closed = story.at(-1);
    assert.ok(closed?.kind === 'closed');
    const finals = story.filter((message) => message.kind === 'intent' && message.status === 'final');
    assert.deepEqual([closed.audioMs, closed.utterances, closed.gapMs], [3000, finals.length, 0]);
    assert.ok(finals.length > 0);
  });

  it('applies configure to the audio that follows it', async () => {
    const { caller } = arrange();
    caller.say(startRequest(), { kind: 'configure', change: { interim: false } }, SPEECH, { kind: 'close' });
    await caller.story;
    assert.ok(!caller.kinds.includes('tentative') && caller.kinds.includes('final'));
  });

  const IN_WRONG_ORDER: readonly (readonly [string, readonly CallerMessage[], RegExp])[] = [
    ['audio before start', [SPEECH], /^audio came before start/],
    ['finalize before start', [{ kind: 'finalize' }], /^finalize came before start/],
    ['configure before start', [{ kind: 'configure', change: {} }], /^configure came before start/],
    ['a second start', [startRequest(), startRequest()], /^start came twice/],
    ['audio after close', [startRequest(), SPEECH, { kind: 'close' }, SPEECH], /^audio came after close/],
    [
      'a message that could not be decoded',
      [startRequest(), { kind: 'refused', refusal: refusal('bad_request', 'colour?') }],
      /^colour\?$/,
    ],
    ['a hop that the model does not take', [startRequest({ hop: milliseconds(50) })], /^hop_ms 50 .* 100–1000$/],
  ];
  for (const [name, messages, sentence] of IN_WRONG_ORDER)
    it(`refuses ${name}`, () => {
      const { caller } = arrange();
      caller.say(...messages);
      assert.equal(lastError(caller).code, 'bad_request');
      assert.match(lastError(caller).message, sentence);
      assert.equal(caller.ends.length, 1);
    });

  it('refuses any hop but its own for a stateful model', () => {
    const { caller } = arrange({ models: shelfOf(sayingBalance, statefulCard()) });
    caller.say(startRequest({ hop: milliseconds(250) }));
    assert.match(lastError(caller).message, /hop_ms 250 .* 500 only$/);
  });

  it('refuses a model that is not served, naming those that are', () => {
    const { caller } = arrange();
    caller.say(startRequest({ model: 'nosuch' }));
    assert.deepEqual(
      [lastError(caller).code, lastError(caller).message],
      ['model_not_found', 'model "nosuch" is not served here: choose one of scripted'],
    );
  });

  it('ends with start_timeout when no message comes', () => {
    const { caller, clock } = arrange();
    clock.pass(5_000);
    assert.equal(lastError(caller).code, 'start_timeout');
  });

  it('ends with start_timeout when only keepalives come', () => {
    const { caller, clock } = arrange();
    for (let second = 0; second < 5; second++) {
      clock.pass(1_000);
      caller.say({ kind: 'keepalive' });
    }
    assert.equal(lastError(caller).code, 'start_timeout');
  });

  it('ends with idle_timeout only when neither audio nor keepalive comes', () => {
    const { caller, clock } = arrange();
    caller.say(startRequest());
    for (let n = 0; n < 5; n++) {
      clock.pass(20_000);
      caller.say({ kind: 'keepalive' });
    }
    assert.deepEqual(caller.ends, []);
    clock.pass(30_000);
    assert.equal(lastError(caller).code, 'idle_timeout');
  });

  it('does not call a caller idle that it has paused itself', async () => {
    const held = deferred<Awaited<ReturnType<typeof sayingBalance>>>();
    const { caller, clock } = arrange({ models: shelfOf(() => held.promise) });
    caller.say(startRequest(), SPEECH);
    assert.deepEqual(caller.valve, ['pause']);
    clock.pass(100_000);
    assert.deepEqual(caller.ends, []);
    held.resolve(await sayingBalance(new Float32Array(0), null, AT_ONCE));
    await settled();
    assert.equal(caller.valve.at(-1), 'resume');
  });

  it('leaves out stale tentative intents for a slow reader, but no final', async () => {
    const { caller } = arrange();
    caller.backlogBytes = 100_000;
    caller.say(startRequest(), SPEECH, { kind: 'close' });
    await caller.story;
    assert.deepEqual([caller.kinds.includes('tentative'), caller.kinds.includes('final')], [false, true]);
    assert.equal(caller.kinds.filter((kind) => kind === 'warning').length, 1);
  });

  it('ends a caller that reads nothing', async () => {
    const { caller } = arrange();
    caller.backlogBytes = 2_000_000;
    caller.say(startRequest(), SPEECH);
    await caller.story;
    assert.equal(lastError(caller).code, 'overloaded');
  });

  it('ends a caller that reads no answers to its pings', () => {
    const { caller } = arrange();
    caller.say(startRequest());
    caller.backlogBytes = 2_000_000;
    caller.say({ kind: 'ping' });
    assert.equal(lastError(caller).code, 'overloaded');
  });

  it('reports only an internal error when its pipeline throws: what was thrown is logged', async () => {
    const errors: (string | undefined)[] = [];
    const log = { ...silentLog, error: (fields: { err?: Error }) => void errors.push(fields.err?.message) };
    const { caller } = arrange({ models: shelfOf(() => Promise.resolve({ kind: 'classified' } as never)), log });
    caller.say(startRequest(), SPEECH);
    await caller.story;
    assert.deepEqual([lastError(caller).code, lastError(caller).message.includes('server')], ['internal', true]);
    const [thrown] = errors;
    assert.ok(thrown && !JSON.stringify([caller.received, caller.ends]).includes(thrown), thrown);
  });

  it('reports audio as a gap when none of its frames was classified', async () => {
    const { caller } = arrange({ models: shelfOf(() => Promise.resolve({ kind: 'shed' })) });
    caller.say(startRequest(), SPEECH, { kind: 'close' });
    const closed = (await caller.story).at(-1);
    assert.ok(closed?.kind === 'closed');
    assert.equal(closed.gapMs, 3000);
  });

  it('leaves nothing behind when it ends and cannot be resumed', async () => {
    const unstarted = arrange();
    unstarted.caller.say({ kind: 'close' });
    await unstarted.caller.story;
    const notKept = arrange({ limits: sessionLimits({ resumeWindow: milliseconds(0) }) });
    notKept.caller.say(startRequest(), SPEECH, { kind: 'close' });
    await notKept.caller.story;
    for (const { reception, clock } of [unstarted, notKept])
      assert.deepEqual([reception.count, reception.heldCount, clock.pendingAlarms], [0, 0, 0]);
  });

  it('leaves nothing behind when its caller hangs up', () => {
    const { caller, clock, reception } = arrange();
    caller.say(startRequest(), SPEECH);
    caller.hangUp();
    assert.deepEqual([reception.count, clock.pendingAlarms, caller.ends.length], [0, 0, 0]);
  });
});

describe('The reception', () => {
  it('turns callers away until models have loaded', () => {
    const caller = new MemoryCaller();
    new Reception(contextWith()).receive(caller);
    assert.equal(lastError(caller).code, 'overloaded');
  });

  it('turns callers away beyond its limit, and admits again when one has left', () => {
    const { reception, caller } = arrange({ maxSessions: 1 });
    const second = new MemoryCaller();
    reception.receive(second);
    assert.equal(lastError(second).code, 'too_many_sessions');
    caller.hangUp();
    assert.equal(reception.refusal, null);
  });

  it('drains: tells all to reconnect, takes nobody new, ends streams with their finals after the grace', async () => {
    const { reception, caller, clock } = arrange();
    caller.say(startRequest(), SPEECH);
    await settled();
    const drained = reception.drain(milliseconds(1_000));
    assert.equal(caller.kinds.at(-1), 'reconnect');
    assert.equal(reception.refusal?.code, 'draining');
    clock.pass(1_000);
    await drained;
    assert.deepEqual(
      [caller.kinds.slice(-3), caller.ends],
      [['final', 'utterance_end', 'closed'], [{ kind: 'drained' }]],
    );
  });

  it('lets a stream that closes within the grace end normally', async () => {
    const { reception, caller } = arrange();
    caller.say(startRequest(), SPEECH);
    const drained = reception.drain(milliseconds(1_000));
    caller.say({ kind: 'close' });
    await drained;
    assert.deepEqual(caller.ends, [{ kind: 'done' }]);
  });

  it('drains at once when there are no callers', () => new Reception(contextWith()).drain(milliseconds(60_000)));
});
