/** What our server says of itself at /metrics. */
export interface EarshotCounters {
  /** CPU time of its process so far. */
  readonly cpuMs: number;
  readonly batches: number;
  readonly batchedFrames: number;
}

export const earshotCounters = async (url: string): Promise<EarshotCounters> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const total = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
  return {
    cpuMs: total('earshot_cpu_seconds') * 1000,
    batches: total('earshot_batch_frames_count'),
    batchedFrames: total('earshot_batch_frames_sum'),
  };
};
