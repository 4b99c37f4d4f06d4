import assert from 'node:assert/strict';
import { BatchLane, outcomeOfRow } from '../../server/inference/batch-lane.js';
import type { FrameBatch } from '../../server/inference/frame-queue.js';
import type { Batch, InferenceBackend } from '../../server/inference/inference-backend.js';
import { AT_ONCE } from '../support/outcomes.js';

const STATEFUL = { name: 'stateful', stateSize: 2 };

const batchOf = (...states: (Float32Array | null)[]): FrameBatch => ({
  model: STATEFUL,
  frames: states.map((state, mark) => ({
    model: STATEFUL,
    samples: new Float32Array(16_000).fill(mark + 1),
    state,
    turn: AT_ONCE,
    arrivedAt: 0,
    isRetry: false,
    settle: () => undefined,
  })),
});

/** A backend that keeps what it was given, and returns or loses the memory of it. */
const recorder = (runs: Batch[], fails = false): InferenceBackend => ({
  run: (batch) => {
    runs.push(batch);
    const { pcm, state } = batch;
    const scores = { logits: new Float32Array(batch.rows), nextState: null, speech: null, inferMs: 1 };
    return fails ? Promise.reject(new Error('lost')) : Promise.resolve({ ...scores, pcm, state });
  },
});

describe('The lane of a backend', () => {
  it('puts every frame into its row', async () => {
    const runs: Batch[] = [];
    await new BatchLane(recorder(runs), 4, 2).run(batchOf(null, null));
    const [run] = runs;
    assert.deepEqual([run?.pcm[0], run?.pcm[15_999], run?.pcm[16_000], run?.pcm[31_999]], [1, 1, 2, 2]);
  });

  it('puts every state into its row, or zeros where there is none, over whatever was there', async () => {
    const runs: Batch[] = [];
    const lane = new BatchLane(recorder(runs), 4, 2);
    lane.giveBack(await lane.run(batchOf(Float32Array.of(9, 9), Float32Array.of(9, 9))));
    await lane.run(batchOf(null, Float32Array.of(3, 4)));
    assert.deepEqual([...runs[1]!.state.subarray(0, 4)], [0, 0, 3, 4]);
  });

  it('uses memory that was given back for the next batch', async () => {
    const runs: Batch[] = [];
    const lane = new BatchLane(recorder(runs), 4, 2);
    lane.giveBack(await lane.run(batchOf(null)));
    await lane.run(batchOf(null));
    assert.equal(runs[0]?.pcm, runs[1]?.pcm);
  });

  it('leaves the memory of a batch alone until it is given back', async () => {
    const runs: Batch[] = [];
    const lane = new BatchLane(recorder(runs), 4, 2);
    await lane.run(batchOf(Float32Array.of(1, 2)));
    await lane.run(batchOf(Float32Array.of(3, 4)));
    assert.deepEqual([...runs[0]!.state.subarray(0, 2)], [1, 2]);
  });

  it('takes new memory after a run that lost it', async () => {
    const runs: Batch[] = [];
    const lane = new BatchLane(recorder(runs, true), 4, 2);
    await assert.rejects(lane.run(batchOf(null)), /lost/);
    await assert.rejects(lane.run(batchOf(null)), /lost/);
    assert.notEqual(runs[0]?.pcm, runs[1]?.pcm);
  });
});

describe('The outcome of a row', () => {
  const scores = {
    logits: Float32Array.of(1, 2, 3, 4),
    nextState: Float32Array.of(5, 6),
    speech: Float32Array.of(0.1, 0.2, 0.3, 0.4),
    inferMs: 7,
  };

  it('is its part of every output', () => {
    assert.deepEqual(outcomeOfRow(scores, { row: 1, rows: 2, queueMs: 3, state: null }), {
      kind: 'classified',
      logits: Float32Array.of(3, 4),
      nextState: Float32Array.of(6),
      speech: Float32Array.of(0.3, 0.4),
      queueMs: 3,
      inferMs: 7,
    });
  });

  it('puts the next state into the memory of the state', () => {
    const state = Float32Array.of(1);
    const outcome = outcomeOfRow(scores, { row: 0, rows: 2, queueMs: 0, state });
    assert.ok(outcome.kind === 'classified' && outcome.nextState === state);
    assert.deepEqual(state, Float32Array.of(5));
  });

  it('has memory of its own for the next state when there was no state', () => {
    const { nextState } = structuredClone(scores);
    const outcome = outcomeOfRow({ ...scores, nextState }, { row: 1, rows: 2, queueMs: 0, state: null });
    nextState.fill(0);
    assert.ok(outcome.kind === 'classified');
    assert.deepEqual(outcome.nextState, Float32Array.of(6));
  });

  it('leaves the state as it was when it is a failure', () => {
    const state = Float32Array.of(1);
    const broken = { ...scores, nextState: Float32Array.of(NaN, 6) };
    assert.equal(outcomeOfRow(broken, { row: 0, rows: 2, queueMs: 0, state }).kind, 'failed');
    assert.deepEqual(state, Float32Array.of(1));
  });

  for (const [name, broken] of [
    ['logits', { ...scores, logits: Float32Array.of(1, 2, NaN, 4) }],
    ['nextState', { ...scores, nextState: Float32Array.of(5, Infinity) }],
    ['speech', { ...scores, speech: Float32Array.of(0.1, 0.2, 0.3, -Infinity) }],
  ] as const) {
    it(`is a failure when its ${name} are not all finite numbers`, () =>
      assert.deepEqual(outcomeOfRow(broken, { row: 1, rows: 2, queueMs: 0, state: null }), {
        kind: 'failed',
        reason: `the graph's ${name} are not all finite numbers`,
      }));
    it(`is untouched by a neighbour's ${name}`, () =>
      assert.equal(outcomeOfRow(broken, { row: 0, rows: 2, queueMs: 0, state: null }).kind, 'classified'));
  }
});
