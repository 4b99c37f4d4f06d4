import { reasonOf } from '../domain/reason.js';
import { GraphSession } from './graph-session.js';
import type { Batch } from './inference-backend.js';
import { sha256Of } from './sha256.js';
import type { FromWorker, GraphPlan, ToWorker, WorkerPlan, WorkerPort } from './worker-protocol.js';

/** What a worker does: opens and warms up its graphs, answers runs in order, and releases everything at the end. */
export class WorkerService {
  readonly #port: WorkerPort;
  readonly #graphs = new Map<string, GraphSession>();
  /** Tasks run one after the other: closing a port or a session during a run would abort the process. */
  #work: Promise<void> = Promise.resolve();

  constructor(port: WorkerPort) {
    this.#port = port;
    port.listen((message) => this.#receive(message));
  }

  #receive(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        return this.#enqueue(() => this.#start(message.plan));
      case 'run':
        return this.#enqueue(async () => this.#port.send(await this.#run(message)));
      case 'close':
        return this.#enqueue(() => this.#close());
      default:
        throw new Error(`an inference worker was sent a message of unknown kind: ${kindOf(message)}`);
    }
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
  }

  async #start(plan: WorkerPlan): Promise<void> {
    try {
      let frameMs = 0;
      for (const graph of plan.graphs) frameMs += await this.#open(graph, plan);
      this.#port.send({ kind: 'ready', frameMs });
    } catch (error) {
      this.#port.send({ kind: 'refused', reason: reasonOf(error) });
      await this.#close();
    }
  }

  /** Opens one graph and runs every batch size; resolves with the milliseconds per frame of the last and largest. */
  async #open(graph: GraphPlan, plan: WorkerPlan): Promise<number> {
    try {
      const session = await GraphSession.open(graph, plan);
      this.#graphs.set(graph.model, session);
      await checkUnchanged(graph);
      let frameMs = 0;
      for (const rows of plan.batchSizes) frameMs = (await session.warmUp(rows)) / rows;
      return frameMs;
    } catch (error) {
      throw new Error(`${graph.path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #run(batch: Batch): Promise<FromWorker> {
    const graph = this.#graphs.get(batch.model);
    if (!graph) return { kind: 'run_failed', reason: `the worker has no model ${batch.model}` };
    try {
      const scores = await graph.run(batch);
      return { kind: 'ran', ...scores, memory: { pcm: batch.pcm, state: batch.state } };
    } catch (error) {
      return { kind: 'run_failed', reason: reasonOf(error) };
    }
  }

  async #close(): Promise<void> {
    for (const graph of this.#graphs.values()) await graph.release();
    this.#graphs.clear();
    this.#port.close();
  }
}

/** Checks the files again, because a worker may start long after its package was checked; after opening, to leave no gap. */
const checkUnchanged = async ({ files }: GraphPlan): Promise<void> => {
  for (const { file, sha256 } of files)
    if ((await sha256Of(file)) !== sha256)
      throw new Error(`${file} has been changed since its package was loaded: only a reload serves the new one`);
};

/** Only the kind: a message may hold audio, which belongs in no log. */
const kindOf = (message: never): string => String((message as { kind?: unknown }).kind);
