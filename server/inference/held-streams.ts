import type { Classify } from '../domain/outcome.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import { noise } from './tuning.js';

export interface StreamLoad {
  readonly streams: number;
  /** Milliseconds between two frames of a stream. */
  readonly hopMs: number;
  readonly forMs: number;
}

export interface StreamLoadResult {
  readonly streams: number;
  /** 99th percentile of the time from when a frame was due to its outcome, in milliseconds; NaN without frames. */
  readonly p99Ms: number;
  /** Frames that were not classified. */
  readonly lost: number;
}

const TICK_MS = 5;

/** Classifies, at speaking speed, one frame per hop for each of many virtual streams, whose phases are evenly spread. */
export const loadWithStreams = async (
  classify: Classify,
  { streams, hopMs, forMs }: StreamLoad,
): Promise<StreamLoadResult> => {
  const samples = noise(FRAME_SAMPLES);
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  let lost = 0;
  const startedAt = performance.now();
  const ask = async (dueAt: number): Promise<void> => {
    const outcome = await classify(samples, null, { tenant: '', liveAt: dueAt, dueAt: dueAt + hopMs });
    if (outcome.kind !== 'classified') lost += 1;
    latencies.push(performance.now() - dueAt);
  };
  const frames = Math.floor((streams * forMs) / hopMs);
  for (let sent = 0; sent < frames;) {
    const due = Math.min(frames, Math.ceil(((performance.now() - startedAt) / hopMs) * streams));
    for (; sent < due; sent++) underWay.push(ask(startedAt + (sent * hopMs) / streams));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  latencies.sort((a, b) => a - b);
  return { streams, p99Ms: latencies[Math.ceil(latencies.length * 0.99) - 1] ?? NaN, lost };
};

/**
 * The most streams for which `holds` resolves with true, to within a twentieth of `most`, found by bisection. `most` is known
 * to be too many, and 0 is assumed to hold.
 */
export const mostHeld = async (most: number, holds: (streams: number) => Promise<boolean>): Promise<number> => {
  let [low, high] = [0, most];
  while (high - low > Math.max(1, most / 20)) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
};
