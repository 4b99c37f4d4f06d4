import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { silentLog } from '../../server/domain/log.js';
import type { Outcome } from '../../server/domain/outcome.js';
import { startInference, type Inference, type InferenceOptions } from '../../server/inference/inference.js';
import { loadModelPackage, loadModelPackages } from '../../server/inference/model-package.js';
import { BUNDLED_MODELS, ECHO_MODELS, ODD_MODELS } from '../support/real-server.js';
import { babble } from '../support/tones.js';
import { isLinux, needs } from '../support/needs.js';
import { AT_ONCE } from '../support/outcomes.js';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

const start = async (options: Partial<InferenceOptions> & { folder?: string } = {}): Promise<Inference> => {
  const { folder = ECHO_MODELS, ...rest } = options;
  const packages = rest.packages ?? (await loadModelPackages(folder));
  return startInference({ provider: 'cpu', workers: 1, log: silentLog, ...rest, packages });
};

const second = (seed: number): Float32Array => babble(1, seed);

const scoresOf = (outcome: Outcome): number[] => {
  assert.ok(outcome.kind === 'classified', JSON.stringify(outcome));
  return [...outcome.logits];
};

/** What the echo graph computes, once more: the loudness of each quarter. */
const echoOf = (samples: Float32Array): number[] => [
  1,
  ...[0, 1, 2, 3].map(
    (quarter) =>
      (40 * samples.subarray(quarter * 4000, (quarter + 1) * 4000).reduce((sum, sample) => sum + Math.abs(sample), 0)) /
      4000,
  ),
];

const assertNear = (actual: readonly number[], expected: readonly number[], tolerance: number): void => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) <= tolerance, `${value} is not ${expected[index]}`),
  );
};

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

for (const isolation of ['thread', 'process'] as const)
  describe(`Inference in a worker ${isolation}`, () => {
    let inference: Inference;
    before(async () => {
      inference = await start({ isolation, workers: 2 });
    });
    after(() => inference.close());

    it('gives each of many frames at once its own scores, the same as alone', async () => {
      const classify = inference.classifierFor('echo');
      const frames = Array.from({ length: 100 }, (_, seed) => second(seed));
      const together = await Promise.all(frames.map((samples) => classify(samples, null, AT_ONCE)));
      for (const [index, outcome] of together.entries()) {
        assertNear(scoresOf(outcome), echoOf(frames[index]!), 1e-3);
        if (index % 10 === 0)
          assertNear(scoresOf(outcome), scoresOf(await classify(frames[index]!, null, AT_ONCE)), 1e-6);
      }
    });

    it('carries state row by row', async () => {
      const classify = inference.classifierFor('echo-stateful');
      const states = Array.from({ length: 20 }, (_, row) => Float32Array.of(row, row * 2, row * 3));
      const outcomes = await Promise.all(states.map((state, row) => classify(second(row), state, AT_ONCE)));
      for (const [row, outcome] of outcomes.entries()) {
        assert.ok(outcome.kind === 'classified' && outcome.nextState && outcome.speech);
        assert.equal(outcome.nextState[0], row + 1);
        assert.equal(outcome.speech.length, 5);
      }
    });

    it('starts from zeros when no state is given', async () => {
      const outcome = await inference.classifierFor('echo-stateful')(second(1), null, AT_ONCE);
      assert.ok(outcome.kind === 'classified');
      assert.equal(outcome.nextState?.[0], 1);
    });
  });

describe('Inference', () => {
  it('answers every frame, and is healthy again, when its worker process is killed in mid-batch', async function () {
    needs(this, isLinux, 'Linux');
    const restarts: string[] = [];
    const observer = {
      batchRan: () => undefined,
      frameSettled: () => undefined,
      workerRestarted: (reason: string) => void restarts.push(reason),
    };
    const packages = [await loadModelPackage(join(ODD_MODELS, 'slow'))];
    const before = new Set(childrenOf(process.pid));
    const inference = await start({ packages, isolation: 'process', workers: 1, maxBatch: 2, observer });
    const [worker] = childrenOf(process.pid).filter((pid) => !before.has(pid));
    const classify = inference.classifierFor('slow');
    const outcomes = Promise.all(Array.from({ length: 6 }, (_, seed) => classify(second(seed), null, AT_ONCE)));
    process.kill(worker!, 'SIGKILL');
    assert.deepEqual(
      (await outcomes).map(({ kind }) => kind),
      Array.from({ length: 6 }, () => 'classified'),
    );
    assert.equal(restarts.length, 1);
    assert.deepEqual(inference.health(), { workers: 1, healthy: 1 });
    await inference.close();
  });

  it('fails only the frame that breaks a run', async () => {
    const inference = await start({
      folder: ODD_MODELS,
      packages: [await loadModelPackage(join(ODD_MODELS, 'poison'))],
    });
    const classify = inference.classifierFor('poison');
    const poison = new Float32Array(16_000).fill(3);
    const outcomes = await Promise.all(
      [second(0), second(1), poison, second(2)].map((samples) => classify(samples, null, AT_ONCE)),
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['classified', 'classified', 'failed', 'classified'],
    );
    await inference.close();
  });

  it('keeps the main loop free while a graph runs', async () => {
    const inference = await start({ packages: [await loadModelPackage(join(ODD_MODELS, 'slow'))], maxBatch: 1 });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const outcomes = await Promise.all(
      Array.from({ length: 3 }, (_, seed) => inference.classifierFor('slow')(second(seed), null, AT_ONCE)),
    );
    delay.disable();
    const runs = outcomes.map((outcome) => (outcome.kind === 'classified' ? outcome.inferMs : 0));
    assert.ok(
      delay.percentile(99) / 1e6 < Math.min(...runs) / 2,
      `delay ${delay.percentile(99) / 1e6} ms, runs ${runs.join(', ')} ms`,
    );
    await inference.close();
  });

  it('gives the same scores on WebGPU as on the CPU', async function () {
    this.timeout(120_000);
    needs(this, existsSync(SWIFTSHADER), 'a software Vulkan device (Debian: chromium, libvulkan1)');
    process.env.VK_ICD_FILENAMES = SWIFTSHADER;
    const packages = [await loadModelPackage(join(ECHO_MODELS, 'echo'))];
    const onGpu = await start({ packages, provider: 'webgpu', isolation: 'process', maxBatch: 4 });
    const onCpu = await start({ packages });
    assert.equal(onGpu.models[0]?.provider, 'webgpu');
    for (const seed of [1, 2, 3])
      assertNear(
        scoresOf(await onGpu.classifierFor('echo')(second(seed), null, AT_ONCE)),
        scoresOf(await onCpu.classifierFor('echo')(second(seed), null, AT_ONCE)),
        1e-4,
      );
    await onGpu.close();
    await onCpu.close();
    delete process.env.VK_ICD_FILENAMES;
  });

  it('serves the variant of the precision asked for, and the first when none is', async () => {
    const { card, folder } = await loadModelPackage(join(ECHO_MODELS, 'echo'));
    const [first] = card.variants;
    const int8 = { ...first!, precision: 'int8' as const, providers: ['cpu' as const], tolerance: 0.01 };
    const packages = [{ folder, card: { ...card, variants: [...card.variants, int8] } }];
    const served = [];
    for (const precision of ['auto', 'int8'] as const) {
      const inference = await start({ packages, precision });
      served.push(inference.models[0]?.variant.precision);
      await inference.close();
    }
    assert.deepEqual(served, ['fp32', 'int8']);
  });

  it('takes states as large as a window of audio: the second tier scores its golden vectors as trained', async function () {
    this.timeout(60_000);
    const inference = await start({ folder: join(BUNDLED_MODELS, 'large') });
    assert.deepEqual(
      inference.models.map(({ card }) => card.name),
      ['banking-intents-large'],
    );
    await inference.close();
  });

  it('says why a provider that was asked for cannot be used, and what to do', async function () {
    needs(this, !existsSync('/proc/driver/nvidia'), 'a machine without an NVIDIA driver');
    await assert.rejects(start({ provider: 'cuda' }), /cuda cannot be used: .*ONNXRUNTIME_NODE_INSTALL=cuda12/s);
  });

  it('takes the CPU by itself when it is the best that loads', async function () {
    needs(this, !existsSync('/proc/driver/nvidia'), 'a machine without an NVIDIA driver');
    const inference = await start({ provider: 'auto' });
    assert.equal(inference.models[0]?.provider, 'cpu');
    await inference.close();
  });
});
