import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { stateSizeOf } from '../../server/domain/model-card.js';
import { FRAME_SAMPLES } from '../../server/domain/units.js';
import { loadModelPackage, type ModelPackage } from '../../server/inference/model-package.js';
import { defaultWorkers } from '../../server/inference/provider-choice.js';
import { quantile } from './statistics.js';

/** What one process measured, or all processes together. */
export interface BareRate {
  readonly batch: number;
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
}

interface Order {
  readonly batch: number;
  readonly ms: number;
}

const BATCHES = [1, 2, 4, 8, 16, 32];
const SCANS = 3;

/** Runs a graph without any server around it: one single-threaded session in each of as many processes as the server has workers. */
export class BareSessions {
  static async start(folder: string): Promise<BareSessions> {
    const children = Array.from({ length: defaultWorkers('cpu') }, () =>
      fork(fileURLToPath(import.meta.url), [folder]),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    return new BareSessions(children);
  }

  private constructor(private readonly children: readonly ChildProcess[]) {}

  /** Runs all processes at once for `ms` milliseconds; adds up their frame rates, and averages their CPU per frame. */
  async measure(batch: number, ms: number): Promise<BareRate> {
    const rates = await Promise.all(this.children.map((child) => ask(child, { batch, ms })));
    return {
      batch,
      framesPerSecond: rates.reduce((sum, { framesPerSecond }) => sum + framesPerSecond, 0),
      cpuMsPerFrame: rates.reduce((sum, { cpuMsPerFrame }) => sum + cpuMsPerFrame, 0) / rates.length,
    };
  }

  /** Measures every batch size several times in turn; returns the medians. */
  async scan(ms: number): Promise<readonly BareRate[]> {
    const scans: BareRate[][] = [];
    for (let scan = 0; scan < SCANS; scan++) {
      const rates: BareRate[] = [];
      for (const batch of BATCHES) rates.push(await this.measure(batch, ms));
      scans.push(rates);
    }
    return BATCHES.map((batch, index) => ({
      batch,
      framesPerSecond: quantile(
        scans.map((rates) => rates[index]!.framesPerSecond),
        0.5,
      ),
      cpuMsPerFrame: quantile(
        scans.map((rates) => rates[index]!.cpuMsPerFrame),
        0.5,
      ),
    }));
  }

  stop(): void {
    for (const child of this.children) child.disconnect();
  }
}

const ask = async (child: ChildProcess, order: Order): Promise<BareRate> => {
  const answered = once(child, 'message') as Promise<[BareRate]>;
  child.send(order);
  const [rate] = await answered;
  return rate;
};

/** The child process: it has one session, and answers every order with a measurement. */
const serve = async (folder: string, answer: (message: object) => void): Promise<void> => {
  const { card } = await loadModelPackage(folder);
  const variant = card.variants.find(({ providers }) => providers.includes('cpu'))!;
  const path = join(folder, variant.file);
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  process.on('message', (order: Order) => void run(session, feedsFor(card, order.batch), order).then(answer));
  answer({});
};

const run = async (session: InferenceSession, feeds: Feeds, { batch, ms }: Order): Promise<BareRate> => {
  await session.run(feeds);
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
  let frames = 0;
  for (; performance.now() - startedAt < ms; frames += batch) await session.run(feeds);
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedAt) / 1000;
  return { batch, framesPerSecond: frames / seconds, cpuMsPerFrame: (user + system) / 1000 / frames };
};

type Feeds = Record<string, Tensor>;

const feedsFor = ({ inputs, stateShape }: ModelPackage['card'], batch: number): Feeds => {
  const noise = Float32Array.from({ length: batch * FRAME_SAMPLES }, () => (Math.random() - 0.5) / 10);
  const feeds: Feeds = { [inputs.pcm]: new Tensor('float32', noise, [batch, FRAME_SAMPLES]) };
  if (inputs.state !== null && stateShape !== null) {
    const shape = [batch, ...stateShape];
    feeds[inputs.state] = new Tensor('float32', new Float32Array(batch * stateSizeOf({ stateShape })), shape);
  }
  return feeds;
};

const [, entry, folder] = process.argv;
if (process.send && folder && entry === fileURLToPath(import.meta.url)) {
  await serve(folder, (message) => process.send?.(message));
}
