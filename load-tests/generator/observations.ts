import type { RecordableHistogram } from 'node:perf_hooks';
import type { CallRecord } from './call-record.js';
import { durations, percentileMs, recordMs } from './histogram.js';
import { endOf, type LoadPlan } from './plan.js';
import { unpackFrames, type Done, type FrameFigures, type Progress } from './thread-report.js';

/** Where the time of the measured frames went; durations in microseconds. */
export interface Split {
  /** From a frame's last sample to its first event: everything. */
  readonly latency: RecordableHistogram;
  /** The server's figures, of frames about which an intent was told. */
  readonly queue: RecordableHistogram;
  readonly infer: RecordableHistogram;
  /** What is left of the server's total: order, belief, encoding. */
  readonly send: RecordableHistogram;
  /** What is left of the latency: the wire, both ways, waiting for the next chunk, and the generator's own lag. */
  readonly outside: RecordableHistogram;
}

/** What was seen in a stretch of the run. */
export interface Moment {
  readonly latency: RecordableHistogram;
  gaps: number;
  open: number;
  /** 99th percentile of the generator's lag in milliseconds, worst thread. */
  lagP99: number;
}

const MOST_MOMENTS = 300;
const newSplit = (): Split => ({
  latency: durations(),
  queue: durations(),
  infer: durations(),
  send: durations(),
  outside: durations(),
});

/** Gathers what the threads tell of one run. */
export class Observations {
  readonly calls: CallRecord[] = [];
  /** Of the speakers, by name of window. */
  readonly splits: ReadonlyMap<string, Split>;
  readonly moments: Moment[];
  readonly momentMs: number;
  readonly lag = durations();
  readonly loopDelay = durations();
  private readonly openOfThread = new Map<number, number>();

  constructor(readonly plan: LoadPlan) {
    this.splits = new Map(plan.windows.map(({ name }) => [name, newSplit()]));
    const end = endOf(plan);
    this.momentMs = Math.max(1000, Math.ceil(end / MOST_MOMENTS / 1000) * 1000);
    const count = Math.ceil(end / this.momentMs);
    this.moments = Array.from({ length: count }, () => ({ latency: durations(2), gaps: 0, open: 0, lagP99: 0 }));
  }

  /** Calls open now, of all groups. */
  get open(): number {
    return [...this.openOfThread.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Takes in a report that came `at` milliseconds after the run's beginning. */
  take(thread: number, { frames, calls, open, lagP99 }: Progress, at: number): void {
    this.calls.push(...calls);
    this.openOfThread.set(thread, open);
    for (const frame of unpackFrames(frames)) {
      const moment = this.momentAt(frame.due);
      if (frame.isGap) moment.gaps += 1;
      else this.record(frame, moment);
    }
    const moment = this.momentAt(at);
    moment.open = Math.max(moment.open, this.open);
    moment.lagP99 = Math.max(moment.lagP99, lagP99);
  }

  finish({ lag, loopDelay }: Done): void {
    if (lag.count > 0) this.lag.add(lag);
    // A thread without speakers may be busy dialling: nothing that is measured waits for it.
    if (lag.count > 0) this.loopDelay.add(loopDelay);
  }

  private record(frame: FrameFigures, moment: Moment): void {
    recordMs(moment.latency, frame.latency);
    for (const { name, from, to } of this.plan.windows)
      if (frame.due >= from && frame.due < to) recordSplit(this.splits.get(name)!, frame);
  }

  private momentAt(at: number): Moment {
    return this.moments[Math.max(0, Math.min(this.moments.length - 1, Math.floor(at / this.momentMs)))]!;
  }
}

const recordSplit = (split: Split, { latency, queue, infer, total }: FrameFigures): void => {
  recordMs(split.latency, latency);
  if (Number.isNaN(total)) return;
  recordMs(split.queue, queue);
  recordMs(split.infer, infer);
  recordMs(split.send, Math.max(0, total - queue - infer));
  recordMs(split.outside, Math.max(0, latency - total));
};

/** How late the generator was itself. */
export interface GeneratorLag {
  readonly lagP99Ms: number;
  readonly loopDelayP99Ms: number;
}

export const lagOf = ({ lag, loopDelay }: Observations): GeneratorLag => ({
  lagP99Ms: percentileMs(lag, 99),
  loopDelayP99Ms: percentileMs(loopDelay, 99),
});
