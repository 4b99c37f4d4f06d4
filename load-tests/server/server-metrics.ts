import type { Bucket } from '../../server/page/operations/prometheus.js';

/** What `/metrics` reported at one moment. */
export interface ServerSample {
  /** Milliseconds after the start of the run. */
  readonly at: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Delays of the server's event loop, in seconds. */
  readonly loopDelays: readonly Bucket[];
  readonly sessions: number;
  readonly queueFrames: number;
  readonly classified: number;
  /** Frames shed or failed. */
  readonly unclassified: number;
  /** Frames of silence, which are answered without being classified. */
  readonly silent: number;
  readonly batches: number;
  readonly batchFrames: number;
  /** Micro-batches by their number of frames. */
  readonly batchSizes: readonly Bucket[];
}

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus text (exposition format 0.0.4). */
const linesOf = (text: string): Line[] =>
  [...text.matchAll(/^(\w+)(?:\{([^}]*)\})? (\S+)$/gm)].map(([, name, labels, value]) => ({
    name: name!,
    labels: Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, word]) => [key!, word!])),
    value: Number(value),
  }));

/** Reads the text of `/metrics`; `at` is when it was fetched, in milliseconds after the start of the run. */
export const readSample = (text: string, at: number): ServerSample => {
  const lines = linesOf(text);
  const sum = (name: string, wanted: (labels: Line['labels']) => boolean = () => true): number =>
    lines.filter((line) => line.name === name && wanted(line.labels)).reduce((total, { value }) => total + value, 0);
  return {
    at,
    cpuSeconds: sum('earshot_cpu_seconds'),
    residentBytes: sum('earshot_resident_memory_bytes'),
    loopDelays: bucketsOf(lines, 'earshot_event_loop_delay_seconds'),
    sessions: sum('earshot_sessions'),
    queueFrames: sum('earshot_queue_frames'),
    classified: sum('earshot_frames_total', ({ outcome }) => outcome === 'classified'),
    unclassified: sum('earshot_frames_total', ({ outcome }) => outcome !== 'classified'),
    silent: sum('earshot_silent_frames_total'),
    batches: sum('earshot_batch_frames_count'),
    batchFrames: sum('earshot_batch_frames_sum'),
    batchSizes: bucketsOf(lines, 'earshot_batch_frames'),
  };
};

/** The buckets of a histogram, cumulative as in Prometheus, summed over all labels except `le`. */
const bucketsOf = (lines: readonly Line[], histogram: string): Bucket[] => {
  const counts = new Map<number, number>();
  for (const { name, labels, value } of lines) {
    if (name !== `${histogram}_bucket`) continue;
    const le = labels.le === '+Inf' ? Infinity : Number(labels.le);
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
};
