import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../server/domain/log.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';
import { heldBytes } from '../support/memory.js';
import { CLOSE, START, strip, TALKS, type Step, type WireMessage } from '../support/raw-clients.js';
import { serveReal, type RealServer } from '../support/real-server.js';
import { babble, pcm16, randomChunks } from '../support/tones.js';
import { casesOf, metric } from './chaos.js';

const RELOADS = casesOf(6, 100);
const LANES = 8;
/** What a process may keep after its reloads: caches of the runtime. One set of two workers alone is some 20 MiB. */
const KEPT_BYTES = 16 * 2 ** 20;
const KEPT_RESIDENT_BYTES = 96 * 2 ** 20;
const VERSIONS = [
  { version: '1.0.0', loudness: 40 },
  { version: '2.0.0', loudness: 30 },
] as const;
const CLIPS = Array.from({ length: 4 }, (_, seed) => pcm16(babble(4, seed)));

const pause: Step = () => sleep(20);

const play = async (server: RealServer, lane: number, seed: number) => {
  const talks = Object.values(TALKS);
  const steps: Step[] = [START];
  for (const chunk of randomChunks(CLIPS[lane % CLIPS.length]!, 12_000, seed)) steps.push(chunk, pause);
  const { messages } = await talks[lane % talks.length]!(server, [...steps, CLOSE]);
  const { version } = messages[0]!.model as { version: string };
  return { version, said: said(messages) };
};

const said = (messages: readonly WireMessage[]) => messages.slice(1).map(strip);

describe(`Models that are reloaded ${RELOADS} times under load`, function () {
  this.timeout(0);
  const folder = packagesFolder();
  let server: RealServer;
  /** How often the log reports a refusal: the server also reloads by itself, and refuses a package that a test is still writing. */
  let refusals = 0;
  const error = (_: object, what: string) => {
    if (what.startsWith('the models were not reloaded')) refusals++;
  };
  /** What each version answers for each clip without load. */
  const expected = new Map<string, unknown>();

  before(async () => {
    writeEcho(folder, VERSIONS[0].version, VERSIONS[0].loudness);
    server = await serveReal({ models: folder }, { ...silentLog, error });
    for (const { version, loudness } of VERSIONS) {
      writeEcho(folder, version, loudness);
      assert.ok(await server.running.reload());
      for (const lane of CLIPS.keys()) {
        const alone = await play(server, lane, 0);
        assert.equal(alone.version, version);
        expected.set(`${version} ${lane}`, alone.said);
      }
    }
    assert.notDeepEqual(expected.get('1.0.0 0'), expected.get('2.0.0 0'));
  });
  after(async () => {
    await server.running.drain();
    rmSync(folder, { recursive: true });
  });

  /** Streams clips all the time while `happening` runs; returns how many streams each version served. */
  const underLoad = async (happening: () => Promise<void>): Promise<Map<string, number>> => {
    const state = { isOver: false };
    const served = new Map<string, number>();
    const lane = async (_: unknown, index: number) => {
      for (let seed = 0; !state.isOver; seed++) {
        const heard = await play(server, index, seed);
        assert.deepEqual(heard.said, expected.get(`${heard.version} ${index % CLIPS.length}`), heard.version);
        served.set(heard.version, (served.get(heard.version) ?? 0) + 1);
      }
    };
    const playing = Promise.all(Array.from({ length: LANES }, lane));
    try {
      await Promise.race([happening(), playing]);
    } finally {
      state.isOver = true;
      await playing;
    }
    return served;
  };

  const refused = () => metric(server, 'earshot_model_reloads_total{outcome="refused"}');

  const reloadMany = async (times: number) => {
    for (let turn = 0; turn < times; turn++) {
      const { version, loudness } = VERSIONS[turn % 2]!;
      writeEcho(folder, version, loudness);
      assert.ok(await server.running.reload(), 'a good package was refused');
    }
  };

  it('give each stream one version from its first frame to its last, drop no frame, and leak no memory', async () => {
    await underLoad(() => reloadMany(4));
    const [held, resident] = [await heldBytes(), process.memoryUsage.rss()];
    const served = await underLoad(() => reloadMany(RELOADS));
    const [grown, more] = [(await heldBytes()) - held, process.memoryUsage.rss() - resident];
    const streams = [...served].map(([version, count]) => `${count} on ${version}`).join(', ');
    process.stdout.write(
      `      ${streams}; ${Math.round(grown / 1024)} KiB kept, resident ${Math.round(more / 1024)} KiB more\n`,
    );
    assert.equal(served.size, 2);
    assert.ok(grown < KEPT_BYTES, `${grown} bytes were kept`);
    assert.ok(more < KEPT_RESIDENT_BYTES, `${more} resident bytes more`);
    while ((await metric(server, 'earshot_models_retiring')) > 0) await sleep(20);
  });

  it('stay as they are when a package is broken, and no stream is disturbed', async () => {
    const before = refusals;
    await underLoad(async () => {
      writeFileSync(join(folder, 'echo', 'model.onnx'), 'no graph');
      assert.equal(await server.running.reload(), false);
      writeFileSync(join(folder, 'echo', 'earshot.json'), '{');
      assert.equal(await server.running.reload(), false);
      rmSync(join(folder, 'echo'), { recursive: true });
      assert.equal(await server.running.reload(), false);
    });
    assert.equal((await fetch(`http://${server.http}/readyz`)).status, 200);
    writeEcho(folder, VERSIONS[0].version, VERSIONS[0].loudness);
    assert.ok(await server.running.reload());
    assert.equal(await refused(), refusals);
    assert.ok(refusals - before >= 3, `${refusals - before} refusals`);
  });
});
