import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANYBODY } from '../../server/domain/identity.js';
import { silentLog } from '../../server/domain/log.js';
import type { Classify, Outcome } from '../../server/domain/outcome.js';
import { milliseconds } from '../../server/domain/units.js';
import { isRetryable } from '../../proto/error-code.js';
import { Reception } from '../../server/session/reception.js';
import { createOneShots } from '../../server/transports/one-shots.js';
import { contextWith, shelfOf } from '../support/contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { classified, deferred, settled } from '../support/outcomes.js';
import { grpcClient } from '../support/raw-clients.js';
import { SAMPLES } from '../support/real-server.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';

const RECORDING = readFileSync(join(SAMPLES, 'balance-16k.wav'));

/** A model that answers when the test says so. */
class Hesitant {
  frames = 0;
  private readonly waiting: ((outcome: Outcome) => void)[] = [];

  readonly classify: Classify = () => {
    this.frames += 1;
    const { promise, resolve } = deferred<Outcome>();
    this.waiting.push(resolve);
    return promise;
  };

  async answerAll(): Promise<void> {
    while (this.waiting.length > 0) {
      for (const answer of this.waiting.splice(0)) answer(classified([4, 0, 0]));
      for (let turn = 0; turn < 3; turn++) await settled();
    }
  }
}

describe('One-shot requests', () => {
  const failures: object[] = [];
  let model = new Hesitant();
  let server: ScriptedServer;
  before(async () => {
    const log = { ...silentLog, error: (fields: object) => void failures.push(fields) };
    server = await serveScripted({ models: shelfOf((...frame) => model.classify(...frame)), log });
  });
  beforeEach(() => {
    model = new Hesitant();
    failures.length = 0;
  });
  after(() => server.close());

  const post = (length = RECORDING.length): ClientRequest => {
    const options = { method: 'POST', headers: { 'Content-Length': length } };
    return request(`http://${server.http}/v1/classify`, options).on('error', () => undefined);
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await settled();
  };
  /** Asserts that answers to its frames under way make it ask for no more, and that nothing has failed. */
  const isLeftUnheard = async (): Promise<void> => {
    const { frames } = model;
    await model.answerAll();
    assert.deepEqual([model.frames, failures], [frames, []]);
  };

  it('are not worked on when their HTTP caller has left', async () => {
    const posted = post();
    posted.end(RECORDING);
    await until(() => model.frames > 0);
    posted.destroy();
    // The server learns of it a little later.
    await sleep(100);
    await isLeftUnheard();
  });

  it('are not worked on when their gRPC caller has left', async () => {
    const client = grpcClient(server);
    const call = client.Classify({ wav: RECORDING }, () => undefined);
    await until(() => model.frames > 0);
    call.cancel();
    await sleep(100);
    client.close();
    await isLeftUnheard();
  });

  it('are not logged as a failure of the server when they break off', async () => {
    const posted = post();
    posted.write(RECORDING.subarray(0, 1_000));
    await sleep(100);
    posted.destroy();
    await sleep(100);
    assert.deepEqual([model.frames, failures], [0, []]);
  });

  it('get a refusal that may be retried instead of a list of models, until there are some', () => {
    const context = contextWith();
    const reception = new Reception(context);
    const oneShots = createOneShots(context, reception);
    const early = oneShots.models(ANYBODY);
    assert.ok(!early.ok);
    assert.deepEqual([early.refusal.code, isRetryable[early.refusal.code]], ['overloaded', true]);
    reception.open();
    assert.deepEqual(oneShots.models(ANYBODY), { ok: true, models: context.models.all });
  });

  it('are waited for when the server drains, but not for ever', async () => {
    const clock = new ManualClock();
    const slow = new Hesitant();
    const context = contextWith({ clock, models: shelfOf(slow.classify) });
    const reception = new Reception(context);
    const oneShots = createOneShots(context, reception);
    reception.open();
    await oneShots.done(milliseconds(1_000));
    const ask = () => {
      const gone = new AbortController().signal;
      return oneShots.classify({ top_k: 5, recording: { kind: 'wav', bytes: RECORDING } }, ANYBODY, gone);
    };
    const told: string[] = [];
    const note = (what: string) => () => void told.push(what);
    const answered = ask().then(note('answered'));
    const done = oneShots.done(milliseconds(1_000)).then(note('done'));
    await settled();
    assert.deepEqual(told, []);
    await slow.answerAll();
    await Promise.all([answered, done]);
    assert.deepEqual(told, ['answered', 'done']);
    void ask();
    const late = oneShots.done(milliseconds(1_000));
    await settled();
    clock.pass(1_000);
    await late;
    assert.equal(clock.pendingAlarms, 0);
  });
});
