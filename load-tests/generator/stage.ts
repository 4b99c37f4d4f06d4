import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { sampleOf, Sampler, type GeneratorSample } from '../server/sampler.js';
import type { ServerSample } from '../server/server-metrics.js';
import type { Addresses } from './connection.js';
import { Observations } from './observations.js';
import { SPEAKERS, type CallerPlan, type LoadPlan } from './plan.js';
import { sharedClock } from './shared-clock.js';
import { recordTape, tapeKey, type Tape } from './tape.js';
import type { ThreadReport, ThreadTask } from './thread-report.js';
import type { Voice } from './voices.js';

export interface StageOptions {
  readonly addresses: Addresses;
  readonly voices: readonly Voice[];
  /** How many threads the speakers have; callers that disturb them have one more. */
  readonly threads: number;
  /** Called several times a second. */
  readonly progress?: (observations: Observations, atMs: number) => void;
  /** The module that a thread of callers runs. */
  readonly program?: URL;
}

/** One run and everything that was observed in it. */
export interface Performance {
  readonly observations: Observations;
  /** Empty if the server's `/metrics` does not answer. */
  readonly server: readonly ServerSample[];
  readonly generator: readonly GeneratorSample[];
}

const PROGRAM = new URL('./caller-thread.js', import.meta.url);
/** Time before the start of a run, in which the server's metrics are read for the first time. */
const LEAD_MS = 250;
const LOOK_MS = 1_000;
const MOST_LOOKS = 60;

/** Plays load plans against one server. */
export class Stage {
  private readonly tapes = new Map<string, Tape>();

  constructor(private readonly options: StageOptions) {}

  /** Names of the models that the server has; empty if it does not list them. */
  async models(): Promise<string[]> {
    const answer = await fetch(this.http('/v1/models')).catch(() => null);
    if (!answer?.ok) return [];
    return ((await answer.json()) as { models: { name: string }[] }).models.map(({ name }) => name);
  }

  /** Plays a plan to its end. Rejects when a thread fails. */
  async perform(plan: LoadPlan): Promise<Performance> {
    for (const caller of plan.callers) this.record(caller, plan.chunkMs);
    const crew = sharesOf(plan, this.options.threads).map((callers) => this.engage({ ...plan, callers }));
    try {
      // A thread's first message says that it is running.
      await Promise.all(crew.map((worker) => once(worker, 'message')));
      return await this.conduct(crew, new Observations(plan));
    } finally {
      await Promise.all(crew.map((worker) => worker.terminate()));
    }
  }

  /** Waits until the server has classified everything from an earlier run, for a minute at most. */
  async quiet(): Promise<void> {
    const classified = async () => (await sampleOf(this.http('/metrics'), 0))?.classified ?? 0;
    let before = await classified();
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      await sleep(LOOK_MS);
      const now = await classified();
      if (now === before) return;
      before = now;
    }
  }

  private engage(plan: LoadPlan): Worker {
    const { program = PROGRAM, addresses } = this.options;
    const { url, grpcUrl } = addresses;
    const workerData: ThreadTask = { plan, addresses: { url, grpcUrl }, tapes: this.tapes };
    return new Worker(program, { workerData });
  }

  private async conduct(crew: readonly Worker[], observations: Observations): Promise<Performance> {
    const origin = sharedClock.now() + LEAD_MS;
    const sampler = new Sampler(this.http('/metrics'), origin);
    await sampler.start();
    try {
      await Promise.all(crew.map((worker, thread) => this.hear(worker, { thread, origin, observations })));
    } finally {
      await sampler.stop();
    }
    return { observations, server: sampler.server, generator: sampler.generator };
  }

  /** Starts a thread's callers, and takes in its reports until it is done. */
  private async hear(
    worker: Worker,
    { thread, origin, observations }: { thread: number; origin: number; observations: Observations },
  ): Promise<void> {
    worker.on('message', (report: ThreadReport) => {
      const at = sharedClock.now() - origin;
      if (report.kind === 'done') {
        observations.finish(report);
        void worker.terminate();
      } else {
        observations.take(thread, report, at);
        this.options.progress?.(observations, at);
      }
    });
    worker.postMessage(origin);
    await once(worker, 'exit');
  }

  private record({ transport, encoding }: CallerPlan, chunkMs: number): void {
    const key = tapeKey({ transport, encoding });
    if (!this.tapes.has(key)) this.tapes.set(key, recordTape(this.options.voices, { transport, encoding, chunkMs }));
  }

  private http(path: string): string {
    return `${this.options.addresses.url.replace(/^ws/, 'http')}${path}`;
  }
}

/** The callers of each thread: the speakers are dealt out, and those who disturb them share one more thread. */
const sharesOf = ({ callers }: LoadPlan, threads: number): CallerPlan[][] => {
  const speakers = callers.filter(({ group }) => group === SPEAKERS);
  const others = callers.filter(({ group }) => group !== SPEAKERS);
  const shares = Array.from({ length: threads }, (_, thread) =>
    speakers.filter((_caller, index) => index % threads === thread),
  );
  return [...shares, others].filter(({ length }) => length > 0);
};
