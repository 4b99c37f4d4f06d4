import assert from 'node:assert/strict';
import { InferenceSession } from 'onnxruntime-node';
import { GraphSession } from '../../server/inference/graph-session.js';
import { loadModelPackages } from '../../server/inference/model-package.js';
import { workerPlan } from '../../server/inference/worker-plan.js';
import { ECHO_MODELS } from '../support/real-server.js';

/** What one session was asked to run, and whether it was released. */
interface Watched {
  readonly sizes: number[];
  released: boolean;
}

/** The parts of ONNX Runtime that are watched, as properties, so that they can be replaced. */
interface Factory {
  create: (path: string, options: InferenceSession.SessionOptions) => Promise<InferenceSession>;
}
interface Opened {
  run: (feeds: InferenceSession.FeedsType, outputs: readonly string[]) => Promise<InferenceSession.ReturnType>;
  release: () => Promise<void>;
}

const MODEL = 'echo-stateful';
const STATE_SIZE = 3;

describe('A graph in ONNX Runtime', () => {
  const factory: Factory = InferenceSession;
  const { create } = factory;
  let sessions: Watched[];
  /** Which session cannot be opened, counted from one; 0 when all can. */
  let failing: number;

  beforeEach(() => {
    sessions = [];
    failing = 0;
    factory.create = async (path, options) => {
      if (sessions.length + 1 === failing) throw new Error('out of memory');
      const session = await create(path, options);
      const watched: Watched = { sizes: [], released: false };
      sessions.push(watched);
      watch(session, watched);
      return session;
    };
  });

  afterEach(() => {
    factory.create = create;
  });

  const watch = (opened: Opened, watched: Watched): void => {
    const [run, release] = [opened.run.bind(opened), opened.release.bind(opened)];
    opened.run = (feeds, outputs) => {
      watched.sizes.push(feeds.pcm!.dims[0]!);
      return run(feeds, outputs);
    };
    opened.release = () => {
      watched.released = true;
      return release();
    };
  };

  const open = async (sessionPerSize: boolean): Promise<GraphSession> => {
    const packages = await loadModelPackages(ECHO_MODELS);
    const plan = workerPlan(packages, { provider: 'cpu', precision: 'auto' }, 4);
    const graph = plan.graphs.find(({ model }) => model === MODEL)!;
    return GraphSession.open(graph, { ...plan, batchSizes: [1, 4, 4], padsBatches: true, sessionPerSize });
  };

  /** Logits of `rows` rows, each of an amplitude of its own. */
  const logitsOf = async (graph: GraphSession, rows: number): Promise<number[]> => {
    const pcm = Float32Array.from({ length: rows * 16_000 }, (_, i) => (Math.floor(i / 16_000) + 1) / 100);
    const { logits } = await graph.run({ model: MODEL, rows, pcm, state: new Float32Array(rows * STATE_SIZE) });
    return [...logits];
  };

  const sizes = () => sessions.map((session) => session.sizes);
  const released = () => sessions.map((session) => session.released);

  it('runs all its sizes in one session', async () => {
    const graph = await open(false);
    for (const rows of [1, 3, 1]) await logitsOf(graph, rows);
    assert.deepEqual(sizes(), [[1, 4, 1]]);
    await graph.release();
    assert.deepEqual(released(), [true]);
  });

  it('never changes the size of a session when each size has its own, and answers the same', async () => {
    const one = await open(false);
    const each = await open(true);
    for (const rows of [1, 2, 4, 1, 3]) assert.deepEqual(await logitsOf(each, rows), await logitsOf(one, rows));
    assert.deepEqual(sizes(), [
      [1, 4, 4, 1, 4],
      [1, 1],
      [4, 4, 4],
    ]);
    await each.release();
    assert.deepEqual(released(), [false, true, true]);
    await one.release();
  });

  it('releases the sessions that it has when one more cannot be opened', async () => {
    failing = 2;
    await assert.rejects(open(true), /out of memory/);
    assert.deepEqual(released(), [true]);
  });
});
