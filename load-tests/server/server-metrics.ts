/** What `/metrics` said at one moment. */
export interface ServerSample {
  /** Milliseconds after the run's beginning. */
  readonly at: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Since the sample before, in milliseconds. */
  readonly loopDelayP99Ms: number;
  readonly sessions: number;
  readonly queueFrames: number;
  readonly classified: number;
  /** Frames shed or failed. */
  readonly unclassified: number;
  /** Frames of silence, which are answered without being classified. */
  readonly silent: number;
  readonly batches: number;
  readonly batchFrames: number;
  /** Micro-batches of at most so many frames, cumulative as Prometheus has them: [most frames, batches]. */
  readonly batchesUpTo: readonly (readonly [number, number])[];
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

/** What the text of `/metrics` says, at a moment. */
export const readSample = (text: string, at: number): ServerSample => {
  const lines = linesOf(text);
  const sum = (name: string, wanted: (labels: Line['labels']) => boolean = () => true): number =>
    lines.filter((line) => line.name === name && wanted(line.labels)).reduce((total, { value }) => total + value, 0);
  return {
    at,
    cpuSeconds: sum('earshot_cpu_seconds'),
    residentBytes: sum('earshot_resident_memory_bytes'),
    loopDelayP99Ms: sum('earshot_event_loop_delay_seconds', ({ quantile }) => quantile === '0.99') * 1000,
    sessions: sum('earshot_sessions'),
    queueFrames: sum('earshot_queue_frames'),
    classified: sum('earshot_frames_total', ({ outcome }) => outcome === 'classified'),
    unclassified: sum('earshot_frames_total', ({ outcome }) => outcome !== 'classified'),
    silent: sum('earshot_silent_frames_total'),
    batches: sum('earshot_batch_frames_count'),
    batchFrames: sum('earshot_batch_frames_sum'),
    batchesUpTo: batchesUpTo(lines),
  };
};

const batchesUpTo = (lines: readonly Line[]): [number, number][] => {
  const counts = new Map<number, number>();
  for (const { name, labels, value } of lines) {
    if (name !== 'earshot_batch_frames_bucket') continue;
    const most = labels.le === '+Inf' ? Infinity : Number(labels.le);
    counts.set(most, (counts.get(most) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b);
};
