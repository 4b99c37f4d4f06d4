import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider, Variant } from '../../server/domain/model-card.js';
import type { Batch } from '../../server/inference/inference-backend.js';
import { InferenceWorker } from '../../server/inference/inference-worker.js';
import { loadModelPackage, loadModelPackages } from '../../server/inference/model-package.js';
import { requireVariant, workerPlan, type VariantChoice } from '../../server/inference/worker-plan.js';
import type { GraphPlan, WorkerPlan } from '../../server/inference/worker-protocol.js';
import { statelessCard } from '../support/cards.js';
import { ECHO_MODELS, ODD_MODELS } from '../support/real-server.js';

const CPU: VariantChoice = { provider: 'cpu', precision: 'auto' };

const planOf = async (maxBatch = 4): Promise<WorkerPlan> =>
  workerPlan(await loadModelPackages(ECHO_MODELS), CPU, maxBatch);

/** Rows of constant amplitude: that of row n is n + 1 hundredths. */
const batchOf = (model: string, rows: number, room = rows): Batch => ({
  model,
  rows,
  pcm: Float32Array.from({ length: room * 16_000 }, (_, i) => (Math.floor(i / 16_000) + 1) / 100),
  state: new Float32Array(room * 3),
});

for (const isolation of ['thread', 'process'] as const)
  describe(`An inference worker ${isolation}`, () => {
    it('answers only the rows in a batch that has room for more, and returns all of its memory', async () => {
      const worker = await InferenceWorker.start({ plan: await planOf(), isolation });
      const { logits, pcm } = await worker.run(batchOf('echo', 3, 4));
      assert.deepEqual([logits.length, pcm.length], [3 * 5, 4 * 16_000]);
      assert.ok(Math.abs(logits[11]! - 1.2) < 1e-4);
      await worker.close();
    });

    it('pads a batch to a size that it has warmed, and leaves the padding out of the answer', async () => {
      const plan = { ...(await planOf()), batchSizes: [4], padsBatches: true };
      const worker = await InferenceWorker.start({ plan, isolation });
      const { logits, nextState, speech } = await worker.run(batchOf('echo-stateful', 3));
      assert.deepEqual([logits.length, nextState?.length, speech?.length], [3 * 4, 3 * 3, 3 * 5]);
      assert.ok(Math.abs(logits[10]! - 1.2) < 1e-4);
      await worker.close();
    });

    it('survives a run that fails', async () => {
      const worker = await InferenceWorker.start({ plan: await planOf(), isolation });
      await assert.rejects(worker.run(batchOf('nosuch', 1)), /the worker has no model nosuch/);
      assert.equal((await worker.run(batchOf('echo', 1))).logits.length, 5);
      await worker.close();
    });

    it('finishes its run before it closes', async () => {
      const worker = await InferenceWorker.start({ plan: await planOf(), isolation });
      const events: string[] = [];
      const run = worker.run(batchOf('echo', 2)).then(() => events.push('answered'));
      await Promise.all([run, worker.close().then(() => events.push('closed'))]);
      assert.deepEqual(events, ['answered', 'closed']);
    });

    it('reports that it has died before its current run rejects', async () => {
      const events: string[] = [];
      const onEnd = (reason: string) => void events.push(`ended: ${reason}`);
      const worker = await InferenceWorker.start({ plan: await planOf(), isolation, onEnd });
      const fatal = Object.assign(batchOf('echo', 1), { kind: 'nonsense' });
      await worker.run(fatal).catch((error: unknown) => events.push((error as Error).message));
      assert.equal(events.length, 2);
      assert.match(events[0]!, /^ended: /);
      assert.match(events[1]!, /^the inference worker died: /);
      await assert.rejects(worker.run(batchOf('echo', 1)), /has ended/);
    });
  });

describe('A run that takes too long', () => {
  /** A graph that needs far longer for a batch than its workers are given. */
  const slowPlan = async (): Promise<WorkerPlan> =>
    workerPlan([await loadModelPackage(join(ODD_MODELS, 'slow'))], CPU, 1);
  const arrange = async (isolation: 'thread' | 'process') => {
    const events: string[] = [];
    const worker = await InferenceWorker.start({
      plan: await slowPlan(),
      isolation,
      runTimeoutMs: 1,
      onEnd: (reason) => void events.push(`ended: ${reason}`),
      onHang: (reason) => void events.push(`hangs: ${reason}`),
    });
    await worker.run(batchOf('slow', 64)).catch((error: unknown) => events.push((error as Error).message));
    return { worker, events };
  };

  it('kills its process, and is reported as the reason', async () => {
    const { events } = await arrange('process');
    const reason = 'a run took longer than 1 ms';
    assert.deepEqual(events, [`ended: ${reason}`, `the inference worker died: ${reason}`]);
  });

  it('takes its thread out of use, and the thread ends when the run has', async () => {
    const { worker, events } = await arrange('thread');
    const reason = 'a run took longer than 1 ms';
    assert.deepEqual(events, [`hangs: ${reason}`, `the inference worker hangs: ${reason}`]);
    await assert.rejects(worker.run(batchOf('slow', 1)), /hangs/);
    while (events.length < 3) await sleep(5);
    assert.equal(events[2], `ended: ${reason}`);
  });

  it('is not assumed when the answer comes in time', async () => {
    const worker = await InferenceWorker.start({ plan: await planOf(), isolation: 'thread', runTimeoutMs: 600_000 });
    assert.equal((await worker.run(batchOf('echo', 1))).logits.length, 5);
    await worker.close();
  });
});

describe('The start of an inference worker', () => {
  const startWith = async (change: Partial<GraphPlan>): Promise<InferenceWorker> => {
    const plan = workerPlan([await loadModelPackage(join(ECHO_MODELS, 'echo'))], CPU, 2);
    const graphs = plan.graphs.map((graph) => ({ ...graph, ...change }));
    return InferenceWorker.start({ plan: { ...plan, graphs }, isolation: 'thread' });
  };

  const CASES: readonly (readonly [string, Partial<GraphPlan>, RegExp])[] = [
    ['a graph that is not there', { path: '/nowhere/model.onnx' }, /\/nowhere\/model\.onnx: /],
    ['an input of another name', { inputs: { pcm: 'audio', state: null } }, /inputs\.pcm is audio, but .* are pcm/],
    [
      'a graph that is not the one that was checked',
      { files: [{ file: join(ECHO_MODELS, 'echo', 'model.onnx'), sha256: '0'.repeat(64) }] },
      /model\.onnx has been changed since its package was loaded/,
    ],
    ['another number of labels', { labels: 7 }, /logits is float32\[batch, 5\], must be float32\[batch, 7\]/],
    ['a state that the graph has not', { inputs: { pcm: 'pcm', state: 'state' } }, /inputs\.state is state/],
  ];
  for (const [name, change, message] of CASES)
    it(`is refused for ${name}`, () => assert.rejects(startWith(change), message));

  it('is refused for a graph cut short', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-worker-'));
    const path = join(folder, 'model.onnx');
    writeFileSync(path, Buffer.from([8, 9, 0x3a, 0x7f]));
    await assert.rejects(startWith({ path }), /model\.onnx: /);
    rmSync(folder, { recursive: true });
  });
});

describe('The plan of a worker', () => {
  const planFor = async (provider: Provider, maxBatch: number): Promise<WorkerPlan> =>
    workerPlan([await loadModelPackage(join(ECHO_MODELS, 'echo'))], { provider, precision: 'auto' }, maxBatch);

  it('warms every power of two for WebGPU, which is slow to run a shape for the first time', async () => {
    const { batchSizes, padsBatches, sessionPerSize } = await planFor('webgpu', 20);
    assert.deepEqual([batchSizes, padsBatches, sessionPerSize], [[1, 2, 4, 8, 16, 20], true, false]);
  });

  it('has few sizes for CUDA, each with its own session, because cuDNN plans anew whenever the size changes', async () => {
    const { batchSizes, padsBatches, sessionPerSize } = await planFor('cuda', 128);
    assert.deepEqual([batchSizes, padsBatches, sessionPerSize], [[1, 8, 32, 128], true, true]);
    assert.deepEqual((await planFor('cuda', 6)).batchSizes, [1, 6]);
  });

  it('lets a CPU run any size', async () => {
    const { batchSizes, padsBatches, sessionPerSize } = await planFor('cpu', 8);
    assert.deepEqual([batchSizes, padsBatches, sessionPerSize], [[1, 8], false, false]);
    assert.deepEqual((await planFor('cpu', 1)).batchSizes, [1]);
  });

  it('needs a variant of every model for the provider', async () => {
    const { card, folder } = await loadModelPackage(join(ECHO_MODELS, 'echo'));
    const variants = card.variants.map((variant) => ({ ...variant, providers: ['cpu' as const] }));
    assert.throws(
      () => workerPlan([{ folder, card: { ...card, variants } }], { provider: 'cuda', precision: 'auto' }, 4),
      /the model echo has no variant for cuda: earshot\.json has fp32 \(cpu\)$/,
    );
  });

  describe('by precision', () => {
    const variant = (precision: Variant['precision'], providers: Variant['providers']): Variant => ({
      file: `model.${precision}.onnx`,
      sha256: '0'.repeat(64),
      data: null,
      precision,
      providers,
      tolerance: null,
    });
    const card = statelessCard({
      name: 'several',
      variants: [
        variant('fp32', ['cpu', 'webgpu', 'cuda']),
        variant('fp16', ['cuda', 'webgpu']),
        variant('int8', ['cpu']),
      ],
    });

    const CHOSEN: readonly (readonly [VariantChoice, string])[] = [
      [{ provider: 'cpu', precision: 'auto' }, 'fp32'],
      [{ provider: 'cuda', precision: 'auto' }, 'fp32'],
      [{ provider: 'cuda', precision: 'fp16' }, 'fp16'],
      [{ provider: 'cpu', precision: 'int8' }, 'int8'],
      [{ provider: 'webgpu', precision: 'fp32' }, 'fp32'],
    ];
    for (const [choice, precision] of CHOSEN)
      it(`takes ${precision} where ${choice.precision} is asked for on ${choice.provider}`, () =>
        assert.equal(requireVariant(card, choice).precision, precision));

    it('names the model, the provider and the variants that there are, when none fits', () =>
      assert.throws(
        () => requireVariant(card, { provider: 'cuda', precision: 'int8' }),
        /^Error: the model several has no int8 variant for cuda: earshot\.json has fp32 \(cpu, webgpu, cuda\); fp16 \(cuda, webgpu\); int8 \(cpu\)$/,
      ));
  });
});
