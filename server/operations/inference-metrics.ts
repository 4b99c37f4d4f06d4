import { Counter, Histogram, type Registry } from 'prom-client';
import type { InferenceObserver } from '../inference/inference-observer.js';
import { SECONDS } from './seconds.js';

const ROWS = [1, 2, 4, 8, 16, 32, 64, 128];
const FRAME_OUTCOMES = ['classified', 'shed', 'failed'];

export interface FrameCounter {
  /** Starts the counters of this model at 0. */
  expect(model: string): void;
  count(model: string, outcome: string): void;
}

/** Registers the counter of frames. Outcomes that have not happened yet are 0, so that the first one shows as an increase. */
export const frameCounter = (registry: Registry): FrameCounter => {
  const registers = [registry];
  const frames = new Counter({
    name: 'earshot_frames_total',
    help: 'Frames by outcome',
    labelNames: ['model', 'outcome'],
    registers,
  });
  const seen = new Set<string>();
  const expect = (model: string): void => {
    if (!seen.has(model)) for (const outcome of FRAME_OUTCOMES) frames.inc({ model, outcome }, 0);
    seen.add(model);
  };
  return {
    expect,
    count: (model, outcome) => {
      expect(model);
      frames.inc({ model, outcome });
    },
  };
};

/** Registers the metrics of inference, and returns the observer that feeds them. */
export const inferenceObserver = (registry: Registry, frames: FrameCounter): InferenceObserver => {
  const registers = [registry];
  const rows = new Histogram({
    name: 'earshot_batch_frames',
    help: 'Frames in a micro-batch',
    labelNames: ['model'],
    buckets: ROWS,
    registers,
  });
  const queue = new Histogram({
    name: 'earshot_queue_seconds',
    help: 'How long a frame waited for a worker',
    buckets: SECONDS,
    registers,
  });
  const infer = new Histogram({
    name: 'earshot_inference_seconds',
    help: 'How long a micro-batch ran',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const restarts = new Counter({
    name: 'earshot_worker_restarts_total',
    help: 'Inference workers that died and were replaced',
    registers,
  });
  return {
    batchRan: (batch) => {
      rows.observe({ model: batch.model }, batch.rows);
      infer.observe({ model: batch.model }, batch.inferMs / 1000);
    },
    frameSettled: ({ model, kind, queueMs }) => {
      frames.count(model, kind);
      if (kind === 'classified') queue.observe(queueMs / 1000);
    },
    workerRestarted: () => restarts.inc(),
  };
};
