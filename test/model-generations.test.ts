import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../server/domain/log.js';
import type { Variant } from '../server/domain/model-card.js';
import { milliseconds } from '../server/domain/units.js';
import type { Inference } from '../server/inference/inference.js';
import { ModelGenerations } from '../server/model-generations.js';
import { ModelShelf, type ModelUser } from '../server/session/served-model.js';
import { statelessCard } from './support/cards.js';
import { sayingBalance } from './support/contexts.js';
import { deferred } from './support/outcomes.js';

const VARIANT: Variant = {
  file: 'model.onnx',
  sha256: '',
  data: null,
  precision: 'fp32',
  providers: ['cpu'],
  tolerance: null,
};

/** Loads sets of models at once, and records what happens to them. */
class Loader {
  /** For each set: how many workers can take a batch, and what to call when none is left. */
  readonly healthy: number[] = [];
  readonly exhaust: (() => void)[] = [];
  readonly events: string[] = [];
  count = 0;
  problem: string | null = null;
  /** What loading waits for. */
  until: Promise<unknown> = Promise.resolve();

  readonly load = (onExhausted: () => void): Promise<Inference> => {
    if (this.problem !== null) return Promise.reject(new Error(this.problem));
    const name = `set ${++this.count}`;
    const set = this.healthy.push(2) - 1;
    let hasGivenUp = false;
    this.exhaust.push(() => {
      hasGivenUp = true;
      onExhausted();
    });
    const isExhausted = () => hasGivenUp && this.healthy[set] === 0;
    this.events.push(`${name} loads`);
    return this.until.then(() => ({
      models: [{ card: { ...statelessCard(), version: String(this.count) }, provider: 'cpu', variant: VARIANT }],
      queueDepth: this.count,
      classifierFor: () => sayingBalance,
      health: () => ({ workers: 2, healthy: this.healthy[set]! }),
      get isExhausted() {
        return isExhausted();
      },
      close: () => Promise.resolve(void this.events.push(`${name} closes`)),
    }));
  };
}

const arrange = (settings: { patienceMs?: number; defaultModel?: string } = {}) => {
  const loader = new Loader();
  const shelf = new ModelShelf();
  const outcomes: string[] = [];
  const generations = new ModelGenerations({
    load: loader.load,
    watch: () => Promise.resolve(() => undefined),
    shelf,
    defaultModel: settings.defaultModel ?? null,
    grace: milliseconds(20),
    patienceMs: settings.patienceMs ?? 60_000,
    reloaded: (outcome) => outcomes.push(outcome),
    log: silentLog,
  });
  const version = () => shelf.all[0]?.card.version;
  return { loader, shelf, outcomes, generations, version, events: loader.events };
};

/** A stream that records what it is asked to do, and leaves its model when it is told to finish. */
const streamOn = (shelf: ModelShelf) => {
  const asked: string[] = [];
  const user: ModelUser = {
    announceDrain: (grace) => asked.push(`reconnect within ${grace}`),
    finish: () => {
      asked.push('finish');
      leave();
    },
  };
  const leave = shelf.all[0]!.use(user);
  return { asked, leave };
};

describe('Generations of models', () => {
  it('close the replaced models at once when no stream uses them', async () => {
    const { generations, events, version, outcomes } = arrange();
    await generations.start();
    assert.equal(await generations.reload(), true);
    assert.equal(version(), '2');
    await generations.close();
    assert.deepEqual(events, ['set 1 loads', 'set 2 loads', 'set 1 closes', 'set 2 closes']);
    assert.deepEqual(outcomes, ['loaded']);
  });

  it('keep the replaced models until their last stream has left them', async () => {
    const { generations, events, shelf } = arrange();
    await generations.start();
    const [one, two] = [streamOn(shelf), streamOn(shelf)];
    await generations.reload();
    one.leave();
    one.leave();
    await new Promise(setImmediate);
    assert.deepEqual([generations.retiringCount, generations.queueDepth, events.length], [1, 1 + 2, 2]);
    two.leave();
    await new Promise(setImmediate);
    assert.deepEqual([generations.retiringCount, events.at(-1)], [0, 'set 1 closes']);
    assert.deepEqual([one.asked, two.asked], [[], []]);
  });

  it('are never more than two: before a third loads, streams of the first are asked to reconnect, then ended', async () => {
    const { generations, events, shelf, version } = arrange({ patienceMs: 10 });
    await generations.start();
    const [stays, goes] = [streamOn(shelf), streamOn(shelf)];
    await generations.reload();
    const onSecond = streamOn(shelf);
    const third = generations.reload();
    await sleep(5);
    goes.leave();
    assert.equal(version(), '2');
    assert.equal(await third, true);
    assert.deepEqual([stays.asked, goes.asked, onSecond.asked], [['reconnect within 20', 'finish'], [], []]);
    assert.ok(events.includes('set 1 closes') && events.indexOf('set 1 closes') < events.indexOf('set 3 loads'));
    assert.equal(version(), '3');
  });

  it('that were replaced and have no worker left ask their streams once to reconnect, then end them', async () => {
    const { generations, events, shelf, loader } = arrange({ patienceMs: 10 });
    await generations.start();
    const onFirst = streamOn(shelf);
    await generations.reload();
    const onSecond = streamOn(shelf);
    loader.exhaust[1]!();
    assert.deepEqual([onFirst.asked, onSecond.asked], [[], []]);
    loader.healthy[0] = 0;
    loader.exhaust[0]!();
    loader.exhaust[0]!();
    assert.deepEqual(onFirst.asked, ['reconnect within 20']);
    assert.equal(await generations.reload(), true);
    assert.deepEqual([onFirst.asked, onSecond.asked], [['reconnect within 20', 'finish'], []]);
    assert.ok(events.indexOf('set 1 closes') < events.indexOf('set 3 loads'));
  });

  it('whose workers are gone when they are replaced ask their streams at once to reconnect', async () => {
    const { generations, shelf, loader } = arrange();
    await generations.start();
    const stream = streamOn(shelf);
    loader.healthy[0] = 0;
    loader.exhaust[0]!();
    assert.deepEqual(stream.asked, []);
    await generations.reload();
    assert.deepEqual(stream.asked, ['reconnect within 20']);
  });

  it('whose workers are about to be restarted keep their streams', async () => {
    const { generations, shelf, loader } = arrange();
    await generations.start();
    const stream = streamOn(shelf);
    loader.healthy[0] = 0;
    await generations.reload();
    assert.deepEqual(stream.asked, []);
  });

  it('stay as they were when loading fails, and do not start without their default model', async () => {
    const { generations, loader, version, outcomes } = arrange();
    await generations.start();
    loader.problem = 'a checksum is wrong';
    assert.equal(await generations.reload(), false);
    loader.problem = null;
    assert.deepEqual([version(), outcomes], ['1', ['refused']]);
    const other = arrange({ defaultModel: 'no such model' });
    await assert.rejects(other.generations.start(), /no such model/);
    assert.deepEqual(other.events, ['set 1 loads', 'set 1 closes']);
  });

  it('are reloaded once for all requests that come before the reload has begun', async () => {
    const { generations, loader } = arrange();
    await generations.start();
    assert.deepEqual(await Promise.all([generations.reload(), generations.reload(), generations.reload()]), [
      true,
      true,
      true,
    ]);
    assert.equal(loader.count, 2);
  });

  it('are not reloaded any more by a server that drains, nor are streams asked to make room', async () => {
    const { generations, events, shelf, outcomes } = arrange({ patienceMs: 0 });
    await generations.start();
    const old = streamOn(shelf);
    await generations.reload();
    generations.keep();
    assert.equal(await generations.reload(), false);
    assert.deepEqual([events, old.asked, outcomes], [['set 1 loads', 'set 2 loads'], [], ['loaded']]);
    await generations.close();
  });

  it('are not reloaded while they close', async () => {
    const { generations, loader, events } = arrange();
    await generations.start();
    const reload = generations.reload();
    await generations.close();
    assert.equal(await reload, false);
    assert.deepEqual([loader.count, events.at(-1)], [1, 'set 1 closes']);
  });

  it('close at once while a new set is being loaded, and close that set once it has loaded', async () => {
    const { generations, loader, events } = arrange();
    await generations.start();
    const loaded = deferred<null>();
    loader.until = loaded.promise;
    void generations.reload();
    await new Promise(setImmediate);
    const closing = generations.close();
    await new Promise(setImmediate);
    assert.deepEqual(events, ['set 1 loads', 'set 2 loads', 'set 1 closes']);
    loaded.resolve(null);
    await closing;
    assert.ok(events.includes('set 2 closes'));
  });
});
