import assert from 'node:assert/strict';
import type { Turn } from '../../server/domain/outcome.js';
import type { Batch, BatchResult, InferenceBackend } from '../../server/inference/inference-backend.js';
import { MicroBatcher } from '../../server/inference/micro-batcher.js';
import { deferred, settled } from './outcomes.js';

export const MODELS = [
  { name: 'a', stateSize: 0 },
  { name: 'b', stateSize: 0 },
];

/** A frame that contains its number, so that an outcome shows to which frame it belongs. */
export const frame = (id: number): Float32Array => new Float32Array(16_000).fill(id, 0, 1);

/** A backend whose runs finish when the test says so; its logits are the numbers of the frames. */
export class ScriptedBackend implements InferenceBackend {
  readonly batches: { readonly model: string; readonly ids: number[] }[] = [];
  private readonly finishRuns: ((how: 'well' | Error) => void)[] = [];

  async run(batch: Batch): Promise<BatchResult> {
    assert.ok(this.finishRuns.length < 2, 'a backend was given a third run');
    const ids = Array.from({ length: batch.rows }, (_, row) => batch.pcm[row * 16_000]!);
    this.batches.push({ model: batch.model, ids });
    const { promise, resolve } = deferred<'well' | Error>();
    this.finishRuns.push(resolve);
    const how = await promise;
    if (how !== 'well') throw how;
    return {
      logits: Float32Array.from(ids),
      nextState: null,
      speech: null,
      inferMs: 1,
      pcm: batch.pcm,
      state: batch.state,
    };
  }

  get isRunning(): boolean {
    return this.finishRuns.length > 0;
  }

  /** Ends the oldest run; first and afterwards the event loop's turn ends, in which a run may begin. */
  async finish(how: 'well' | Error = 'well'): Promise<void> {
    await settled();
    this.finishRuns.shift()?.(how);
    await settled();
    await settled();
  }
}

/** A batcher with scripted backends; `told` has the outcome of every answered frame, by its number. */
export const batcherWith = ({ maxBatch = 4, queueLimit = 100, lanes = 1, paddedSizes = [] as number[] } = {}) => {
  const batcher = new MicroBatcher({ models: MODELS, maxBatch, paddedSizes, queueLimit, now: () => ++time });
  let time = 0;
  const backends = Array.from({ length: lanes }, () => new ScriptedBackend());
  const detach = backends.map((backend) => batcher.attach(backend));
  const told = new Map<number, string>();
  const classify = (id: number, model = 'a', turn: Partial<Turn> = {}) =>
    batcher.classify(model, frame(id), null, { tenant: '', liveAt: 0, dueAt: id, ...turn }).then((outcome) => {
      assert.ok(!told.has(id), `frame ${id} was answered twice`);
      told.set(id, outcome.kind === 'classified' ? String(outcome.logits[0]) : outcome.kind);
    });
  return { batcher, backends, backend: backends[0]!, told, classify, detach };
};
