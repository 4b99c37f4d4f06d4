import { each, quantile, since } from './histogram.js';
import type { Bucket, Scrape } from './prometheus.js';

/** How many scrapes are kept: two minutes of them. */
const KEPT = 61;
/** Rates and percentiles cover this many of the newest scrapes: enough to be steady, few enough to be current. */
const WINDOW = 10;

const STARTED = 'earshot_start_time_seconds';

/** The metrics of three latencies, by their names on this page. */
export const LATENCIES = {
  queue: 'earshot_queue_seconds',
  inference: 'earshot_inference_seconds',
  total: 'earshot_latency_seconds',
} as const;

export type LatencyName = keyof typeof LATENCIES;

/** Percentiles in milliseconds; null where nothing was observed within the window. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The last scrapes of one server, and the rates and percentiles computed from their differences. */
export class History {
  readonly #scrapes: Scrape[] = [];

  /** Adds a scrape. If another process has answered than before, as after a restart, earlier scrapes are dropped. */
  add(scrape: Scrape): void {
    const last = this.#scrapes.at(-1);
    if (last !== undefined && scrape.sum(STARTED) !== last.sum(STARTED)) this.#scrapes.length = 0;
    this.#scrapes.push(scrape);
    if (this.#scrapes.length > KEPT) this.#scrapes.shift();
  }

  /** How much a counter grows per second, over the window. */
  rate(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const [first, last] = this.#window();
    if (first === undefined || last === undefined || first === last) return 0;
    return (last.sum(name, labels) - first.sum(name, labels)) / Math.max(0.001, last.at - first.at);
  }

  /** Percentiles of a histogram of seconds, over the window. */
  percentiles(name: string): Percentiles {
    const buckets = this.#lately(name);
    const at = (share: number): number | null => {
      const seconds = quantile(buckets, share);
      return seconds === null ? null : seconds * 1000;
    };
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  /** Micro-batches since the server started: `count` had at most `le` frames, and more than the `le` before. */
  batches(): Bucket[] {
    const last = this.#scrapes.at(-1);
    return last === undefined ? [] : each(last.buckets('earshot_batch_frames'));
  }

  #lately(name: string): Bucket[] {
    const [first, last] = this.#window();
    if (first === undefined || last === undefined) return [];
    // With a single scrape, the figures cover the time since the server started.
    return first === last ? last.buckets(name) : since(last.buckets(name), first.buckets(name));
  }

  #window(): [Scrape | undefined, Scrape | undefined] {
    const window = this.#scrapes.slice(-WINDOW);
    return [window[0], window.at(-1)];
  }
}
