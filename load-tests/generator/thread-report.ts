import type { RecordableHistogram } from 'node:perf_hooks';
import type { CallRecord } from './call-record.js';
import type { Addresses } from './connection.js';
import type { LoadPlan } from './plan.js';
import type { Tape } from './tape.js';

/**
 * The task of a thread of callers. The thread sends {@link UP} when it is running, and begins when it is sent the origin: the start of
 * the run on the shared clock.
 */
export interface ThreadTask {
  readonly plan: LoadPlan;
  readonly addresses: Addresses;
  /** By {@link tapeKey}. */
  readonly tapes: ReadonlyMap<string, Tape>;
}

export const UP = 'up';

/** The figures of one answered frame; all times are in milliseconds, and NaN if the server did not report them. */
export interface FrameFigures {
  /** When its last sample was due to be sent, after the start of the run. */
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

/** A thread's report, sent several times a second. */
export interface Progress {
  readonly kind: 'progress';
  /** The speakers' frames that were answered since the last report, as {@link packFrames} packs them. */
  readonly frames: Float64Array;
  readonly calls: readonly CallRecord[];
  /** Calls open now. */
  readonly open: number;
  /** 99th percentile of the lag since the last report, in milliseconds; NaN if nothing was sent since. */
  readonly lagP99: number;
}

/** A thread's last report: how late it was itself during the measured time, in microseconds. */
export interface Done {
  readonly kind: 'done';
  readonly lag: RecordableHistogram;
  readonly loopDelay: RecordableHistogram;
}

export type ThreadReport = Progress | Done;
