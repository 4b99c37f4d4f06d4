import { availableParallelism } from 'node:os';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadModelPackage } from '../server/inference/model-package.js';
import { FRAME_SAMPLES } from '../server/domain/units.js';

/** What one process measured, or all of them together. */
export interface BareRate {
  readonly batch: number;
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
}

const RUN_MS = 2_000;
const BATCHES = [1, 2, 4, 8, 16, 32];

/** Runs a graph with nothing around it, one single-threaded session in each of as many processes as there are cores. */
export const measureBareSession = async (folder: string): Promise<readonly BareRate[]> => {
  const rates: BareRate[] = [];
  for (const batch of BATCHES) {
    const each = await Promise.all(Array.from({ length: availableParallelism() }, () => inProcess(folder, batch)));
    rates.push({
      batch,
      framesPerSecond: each.reduce((sum, { framesPerSecond }) => sum + framesPerSecond, 0),
      cpuMsPerFrame: each.reduce((sum, { cpuMsPerFrame }) => sum + cpuMsPerFrame, 0) / each.length,
    });
  }
  return rates;
};

const inProcess = async (folder: string, batch: number): Promise<BareRate> => {
  const child = fork(fileURLToPath(import.meta.url), [folder, String(batch)]);
  const [rate] = (await once(child, 'message')) as [BareRate];
  return rate;
};

const run = async (folder: string, batch: number): Promise<BareRate> => {
  const { card } = await loadModelPackage(folder);
  const variant = card.variants.find(({ providers }) => providers.includes('cpu'))!;
  const session = await InferenceSession.create(join(folder, variant.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const noise = Float32Array.from({ length: batch * FRAME_SAMPLES }, () => (Math.random() - 0.5) / 10);
  const feeds: Record<string, Tensor> = { [card.inputs.pcm]: new Tensor('float32', noise, [batch, FRAME_SAMPLES]) };
  if (card.inputs.state !== null && card.stateShape !== null) {
    const shape = [batch, ...card.stateShape];
    feeds[card.inputs.state] = new Tensor(
      'float32',
      new Float32Array(shape.reduce((size, axis) => size * axis, 1)),
      shape,
    );
  }
  for (let warm = 0; warm < 3; warm++) await session.run(feeds);
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
  let frames = 0;
  for (; performance.now() - startedAt < RUN_MS; frames += batch) await session.run(feeds);
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedAt) / 1000;
  return { batch, framesPerSecond: frames / seconds, cpuMsPerFrame: (user + system) / 1000 / frames };
};

const [, , folder, batch] = process.argv;
if (process.send && folder && batch) {
  process.send(await run(folder, Number(batch)));
  process.disconnect();
}
