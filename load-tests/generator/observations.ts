import type { RecordableHistogram } from 'node:perf_hooks';
import type { CallRecord } from './call-record.js';
import { durations, percentileMs, recordMs } from './histogram.js';
import { endOf, type LoadPlan } from './plan.js';
import { unpackFrames, type Done, type FrameFigures, type Progress } from './thread-report.js';

/** Where the time of the measured frames went; durations in microseconds. */
export interface Split {
  /** The whole latency: from a frame's last sample to its first event. */
  readonly latency: RecordableHistogram;
  /** Waiting and inference as the server reports them; only for frames about which there was an intent. */
  readonly queue: RecordableHistogram;
  readonly infer: RecordableHistogram;
  /** The rest of the server's total: putting frames in order, updating the belief, encoding. */
  readonly send: RecordableHistogram;
  /** The rest of the latency: the network in both directions, waiting for the next chunk, and the generator's own lag. */
  readonly outside: RecordableHistogram;
}

/** What was observed in one short interval of the run. */
export interface Moment {
  readonly latency: RecordableHistogram;
  gaps: number;
  open: number;
  /** 99th percentile of the generator's lag in milliseconds, in the worst thread; NaN while it has sent nothing. */
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

/** Collects the reports of all threads about one run. */
export class Observations {
  readonly calls: CallRecord[] = [];
  /** Where the time of the speakers' frames went, by name of window. */
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
    this.moments = Array.from({ length: count }, () => ({ latency: durations(2), gaps: 0, open: 0, lagP99: NaN }));
  }

  /** Calls open now, of all groups. */
  get open(): number {
    return [...this.openOfThread.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Takes in a report that came `at` milliseconds after the start of the run. */
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
    if (Number.isNaN(moment.lagP99) || lagP99 > moment.lagP99) moment.lagP99 = lagP99;
  }

  finish({ lag, loopDelay }: Done): void {
    if (lag.count > 0) this.lag.add(lag);
    // A thread without speakers may be late because it is dialling: no measured frame depends on it.
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

/** How late the generator itself was; NaN if it sent nothing. */
export interface GeneratorLag {
  readonly lagP99Ms: number;
  readonly loopDelayP99Ms: number;
}

export const lagOf = ({ lag, loopDelay }: Observations): GeneratorLag => ({
  lagP99Ms: percentileMs(lag, 99),
  loopDelayP99Ms: percentileMs(loopDelay, 99),
});

/** Whether the generator was later than `maxLag` milliseconds. One that sent nothing was not late: nothing was answered, either. */
export const wasLate = (observations: Observations, maxLag: number): boolean => {
  const { lagP99Ms, loopDelayP99Ms } = lagOf(observations);
  return lagP99Ms > maxLag || loopDelayP99Ms > maxLag;
};
