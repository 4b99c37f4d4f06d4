import { sharedClock } from '../generator/shared-clock.js';
import { readSample, type ServerSample } from './server-metrics.js';

/** What the generator's own process took. */
export interface GeneratorSample {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Looks at the server and at this process once a second, until it is stopped. */
export class Sampler {
  readonly server: ServerSample[] = [];
  readonly generator: GeneratorSample[] = [];
  private timer: { cancel(): void } | null = null;
  private isStopped = false;

  /** `metricsUrl` may not answer: then nothing is known of the server. */
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

/** What a server's `/metrics` says now; null where it does not answer. `origin` is when the run began, on the shared clock. */
export const sampleOf = async (url: string, origin: number): Promise<ServerSample | null> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? readSample(await answer.text(), sharedClock.now() - origin) : null;
  } catch {
    return null;
  }
};

/** By how many bytes the server's resident memory grew in a span; NaN where it is not known. */
export const grownBytes = (samples: readonly ServerSample[], span: Parameters<typeof edgesOf>[1]): number => {
  const edges = edgesOf(samples, span);
  return edges ? edges.last.residentBytes - edges.first.residentBytes : NaN;
};

/** The newest sample before the span and the newest in it: what lies between is what the span cost. Null where there are no two. */
export const edgesOf = <T extends { readonly at: number }>(
  samples: readonly T[],
  { from, to }: { readonly from: number; readonly to: number },
): { readonly first: T; readonly last: T } | null => {
  const first = samples.filter(({ at }) => at <= from).at(-1) ?? samples[0];
  const last = samples.filter(({ at }) => at <= to).at(-1);
  return first && last && last.at > first.at ? { first, last } : null;
};
