import { sharedClock } from '../generator/shared-clock.js';
import { readSample, type ServerSample } from './server-metrics.js';

/** Resources that the load generator's own process has used, at one moment. */
export interface GeneratorSample {
  /** Milliseconds after the start of the run. */
  readonly at: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Samples the resources of the server and of this process once a second, until it is stopped. */
export class Sampler {
  readonly server: ServerSample[] = [];
  readonly generator: GeneratorSample[] = [];
  private timer: { cancel(): void } | null = null;
  private isStopped = false;

  /** If `metricsUrl` does not answer, there are no samples of the server. `origin`: start of the run, on the shared clock. */
  constructor(
    private readonly metricsUrl: string,
    private readonly origin: number,
  ) {}

  async start(): Promise<void> {
    await this.look();
    this.again();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.cancel();
    await this.look();
  }

  private again(): void {
    if (this.isStopped) return;
    this.timer = sharedClock.after(1000, () => void this.look().then(() => this.again()));
  }

  private async look(): Promise<void> {
    const { user, system } = process.cpuUsage();
    const at = sharedClock.now() - this.origin;
    this.generator.push({ at, cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() });
    const sample = await sampleOf(this.metricsUrl, this.origin);
    if (sample !== null) this.server.push(sample);
  }
}

/** What a server's `/metrics` reports now; null if it does not answer. `origin` is the start of the run, on the shared clock. */
export const sampleOf = async (url: string, origin: number): Promise<ServerSample | null> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? readSample(await answer.text(), sharedClock.now() - origin) : null;
  } catch {
    return null;
  }
};

/** By how many bytes the server's resident memory grew in a span; NaN if that is unknown. */
export const grownBytes = (samples: readonly ServerSample[], span: Parameters<typeof edgesOf>[1]): number => {
  const edges = edgesOf(samples, span);
  return edges ? edges.last.residentBytes - edges.first.residentBytes : NaN;
};

/** The last sample before a span and the last one in it; their difference is what the span cost. Null if there are not both. */
export const edgesOf = <T extends { readonly at: number }>(
  samples: readonly T[],
  { from, to }: { readonly from: number; readonly to: number },
): { readonly first: T; readonly last: T } | null => {
  const first = samples.filter(({ at }) => at <= from).at(-1) ?? samples[0];
  const last = samples.filter(({ at }) => at <= to).at(-1);
  return first && last && last.at > first.at ? { first, last } : null;
};
