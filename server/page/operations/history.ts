import { each, quantile, since } from './histogram.js';
import type { Bucket, Scrape } from './prometheus.js';

/** Scrapes kept: two minutes of them. */
const KEPT = 61;
/** Rates and percentiles speak of the last so many scrapes: long enough to be steady, short enough to be news. */
const WINDOW = 10;

/** What three histograms are called here. */
export const LATENCIES = {
  queue: 'earshot_queue_seconds',
  inference: 'earshot_inference_seconds',
  total: 'earshot_latency_seconds',
} as const;

export type LatencyName = keyof typeof LATENCIES;

/** Percentiles in milliseconds; null where nothing was observed lately. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The last scrapes of one server, and what can be read off their differences. */
export class History {
  readonly #scrapes: Scrape[] = [];

  /** Takes in a scrape; a counter that fell means that the server was started anew, and what came before is forgotten. */
  add(scrape: Scrape): void {
    const last = this.#scrapes.at(-1);
    if (last !== undefined && scrape.sum('earshot_cpu_seconds') < last.sum('earshot_cpu_seconds'))
      this.#scrapes.length = 0;
    this.#scrapes.push(scrape);
    if (this.#scrapes.length > KEPT) this.#scrapes.shift();
  }

  /** How much a counter grows a second, over the window. */
  rate(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const [first, last] = this.#window();
    if (first === undefined || last === undefined || first === last) return 0;
    return (last.sum(name, labels) - first.sum(name, labels)) / Math.max(0.001, last.at - first.at);
  }

  /** How long things took lately, by the name of a histogram of seconds. */
  percentiles(name: string): Percentiles {
    const buckets = this.#lately(name);
    const at = (share: number): number | null => {
      const seconds = quantile(buckets, share);
      return seconds === null ? null : seconds * 1000;
    };
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  /** Micro-batches by size since the server began: `count` of at most `le` frames, and of more than the size before. */
  batches(): Bucket[] {
    const last = this.#scrapes.at(-1);
    return last === undefined ? [] : each(last.buckets('earshot_batch_frames'));
  }

  #lately(name: string): Bucket[] {
    const [first, last] = this.#window();
    if (first === undefined || last === undefined) return [];
    // The first scrape of all speaks of the server's whole life.
    return first === last ? last.buckets(name) : since(last.buckets(name), first.buckets(name));
  }

  #window(): [Scrape | undefined, Scrape | undefined] {
    const window = this.#scrapes.slice(-WINDOW);
    return [window[0], window.at(-1)];
  }
}
