import { InferenceSession, Tensor } from 'onnxruntime-node';
import { stateSizeOf } from '../domain/model-card.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import { graphProblems } from './graph-check.js';
import type { Batch, Scores } from './inference-backend.js';
import type { GraphPlan, WorkerPlan } from './worker-protocol.js';

const ERRORS_ONLY = 3;

/** A graph in ONNX Runtime. Every call blocks its thread, so this class is only for workers. */
export class GraphSession {
  readonly #plan: GraphPlan;
  /** One session for each of `#paddedSizes`, in the same order; or a single one, which runs all sizes. */
  readonly #sessions: readonly InferenceSession[];
  /** The only batch sizes that are run, ascending; empty where any size is run. */
  readonly #paddedSizes: readonly number[];
  readonly #stateSize: number;
  readonly #outputs: readonly string[];

  private constructor(plan: GraphPlan, sessions: readonly InferenceSession[], paddedSizes: readonly number[]) {
    this.#plan = plan;
    this.#sessions = sessions;
    this.#paddedSizes = paddedSizes;
    this.#stateSize = stateSizeOf(plan);
    this.#outputs = [plan.outputs.logits, plan.outputs.nextState, plan.outputs.speech].filter((name) => name !== null);
  }

  /** Opens a graph and checks it against its card. Rejects with what is wrong with the graph or the provider. */
  static async open(plan: GraphPlan, workerPlan: WorkerPlan): Promise<GraphSession> {
    const { batchSizes, padsBatches, sessionPerSize } = workerPlan;
    const sizes = padsBatches ? [...new Set(batchSizes)] : [];
    const sessions: InferenceSession[] = [];
    try {
      const first = await openSession(plan.path, workerPlan);
      sessions.push(first);
      const problems = graphProblems(plan, first.inputMetadata, first.outputMetadata);
      if (problems.length > 0) throw new Error(problems.join('; '));
      while (sessionPerSize && sessions.length < sizes.length) sessions.push(await openSession(plan.path, workerPlan));
      return new GraphSession(plan, sessions, sizes);
    } catch (error) {
      await releaseAll(sessions);
      throw error;
    }
  }

  /** Runs `rows` rows of quiet noise; resolves with the milliseconds that it took. Rejects if the outputs do not fit. */
  async warmUp(rows: number): Promise<number> {
    const pcm = Float32Array.from({ length: rows * FRAME_SAMPLES }, (_, i) => 1e-3 * Math.sin(i * i));
    const { logits, nextState, inferMs } = await this.run({
      model: this.#plan.model,
      rows,
      pcm,
      state: new Float32Array(rows * this.#stateSize),
    });
    if (![logits, nextState].every((numbers) => numbers?.every(Number.isFinite) ?? true)) {
      throw new Error(`a run of ${rows} rows of quiet noise gave numbers that are not finite`);
    }
    return inferMs;
  }

  /** Runs one batch; the next state overwrites `state`. Rejects when the graph fails. */
  async run({ rows, pcm, state }: Batch): Promise<Scores> {
    const { size, session } = this.#sizeFor(rows);
    const { inputs, outputs, stateShape, labels } = this.#plan;
    const feeds: Record<string, Tensor> = { [inputs.pcm]: tensor(pcm, [size, FRAME_SAMPLES]) };
    if (inputs.state !== null && stateShape) feeds[inputs.state] = tensor(state, [size, ...stateShape]);
    const startedAt = performance.now();
    const results = await session.run(feeds, this.#outputs);
    const inferMs = performance.now() - startedAt;
    const rowsOf = (name: string | null, shape: readonly (number | null)[]): Float32Array | null =>
      name === null ? null : firstRows(name, results[name], [size, ...shape], rows);
    const nextState = rowsOf(outputs.nextState, stateShape ?? []);
    if (nextState) state.set(nextState);
    return {
      logits: rowsOf(outputs.logits, [labels])?.slice() ?? new Float32Array(),
      nextState: nextState && state.subarray(0, nextState.length),
      speech: rowsOf(outputs.speech, [null])?.slice() ?? null,
      inferMs,
    };
  }

  async release(): Promise<void> {
    await releaseAll(this.#sessions);
  }

  /** The batch size with which `rows` rows are run, and the session that runs it. */
  #sizeFor(rows: number): { size: number; session: InferenceSession } {
    const place = this.#paddedSizes.findIndex((padded) => padded >= rows);
    const session = this.#sessions[place] ?? this.#sessions[0]!;
    return { size: this.#paddedSizes[place] ?? rows, session };
  }
}

const openSession = (path: string, { provider, threads }: WorkerPlan): Promise<InferenceSession> =>
  InferenceSession.create(path, {
    executionProviders: [provider],
    // Idle threads that spin would take the cores from threads that work.
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    logSeverityLevel: ERRORS_ONLY,
  });

const releaseAll = async (sessions: readonly InferenceSession[]): Promise<void> => {
  for (const session of sessions) await session.release();
};

/** A tensor in the memory of `numbers` where that is long enough, so that nothing is copied; else a copy, padded with zeros. */
const tensor = (numbers: Float32Array, shape: readonly number[]): Tensor => {
  const length = shape.reduce((product, size) => product * size, 1);
  if (numbers.length >= length) return new Tensor('float32', numbers.subarray(0, length), shape);
  const padded = new Float32Array(length);
  padded.set(numbers);
  return new Tensor('float32', padded, shape);
};

/** The first rows of an output, in the graph's memory. Throws where its sizes are not those of `shape`; null allows any size. */
const firstRows = (
  name: string,
  output: Tensor | undefined,
  shape: readonly (number | null)[],
  rows: number,
): Float32Array => {
  const fits =
    output?.data instanceof Float32Array &&
    output.dims.length === shape.length &&
    shape.every((size, axis) => size === null || size === output.dims[axis]);
  if (!fits) {
    const found = `${output?.type ?? 'nothing'}[${output?.dims.join(', ') ?? ''}]`;
    throw new Error(`output ${name} came out as ${found}, must be float32[${shape.map((n) => n ?? 'n').join(', ')}]`);
  }
  return output.data.subarray(0, (output.data.length / (shape[0] ?? 1)) * rows);
};
