import type { RecordableHistogram } from 'node:perf_hooks';
import type { CallRecord } from './call-record.js';
import type { Addresses } from './connection.js';
import type { LoadPlan } from './plan.js';
import type { Tape } from './tape.js';

/** What a thread of callers is given. It says {@link UP} when it is there, and begins when it is told the origin on the shared clock. */
export interface ThreadTask {
  readonly plan: LoadPlan;
  readonly addresses: Addresses;
  /** By {@link tapeKey}. */
  readonly tapes: ReadonlyMap<string, Tape>;
}

export const UP = 'up';

/** What one frame's answer leaves behind, all times in milliseconds; what the server did not tell is NaN. */
export interface FrameFigures {
  /** When its last sample was due to be sent, after the run's beginning. */
  readonly due: number;
  /** From then to the arrival of its first event. */
  readonly latency: number;
  readonly queue: number;
  readonly infer: number;
  readonly total: number;
  readonly isGap: boolean;
}

const FIELDS = 6;

/** Frames go from thread to thread as plain numbers, because there are thousands a second. */
export const packFrames = (frames: readonly FrameFigures[]): Float64Array => {
  const packed = new Float64Array(frames.length * FIELDS);
  frames.forEach(({ due, latency, queue, infer, total, isGap }, index) =>
    packed.set([due, latency, queue, infer, total, isGap ? 1 : 0], index * FIELDS),
  );
  return packed;
};

export function* unpackFrames(packed: Float64Array): Generator<FrameFigures> {
  for (let at = 0; at < packed.length; at += FIELDS) {
    const [due, latency, queue, infer, total, isGap] = packed.subarray(at, at + FIELDS) as unknown as Six;
    yield { due, latency, queue, infer, total, isGap: isGap === 1 };
  }
}

type Six = readonly [number, number, number, number, number, number];

/** What a thread tells, some times a second. */
export interface Progress {
  readonly kind: 'progress';
  /** Of the speakers. */
  readonly frames: Float64Array;
  readonly calls: readonly CallRecord[];
  /** Calls open now. */
  readonly open: number;
  /** 99th percentile of the lag since the last report, in milliseconds. */
  readonly lagP99: number;
}

/** What a thread tells last: how late it was itself while it measured, in microseconds. */
export interface Done {
  readonly kind: 'done';
  readonly lag: RecordableHistogram;
  readonly loopDelay: RecordableHistogram;
}

export type ThreadReport = Progress | Done;
