import type { Latency } from '@earshot/client';
import { find, make } from '../shared/dom.js';
import { millis } from '../shared/words.js';

/** How many intents the figures cover: about the last half minute of speech on one channel. */
const KEPT = 60;
/** Frames per second are counted over this many milliseconds of real time. */
const RATE_WINDOW_MS = 3_000;

/** Shows latency and frames per second of the stream. */
export class Speed {
  readonly #latencies: Latency[] = [];
  readonly #frames: number[] = [];

  clear(): void {
    this.#latencies.length = 0;
    this.#frames.length = 0;
    for (const id of ['queue', 'infer', 'total', 'rate']) show(id, '–', '');
  }

  /** Counts the tentative intent of one frame; `now` is real time in milliseconds, on a monotonic clock. */
  frame(latency: Latency, now: number): void {
    this.#latencies.push(latency);
    if (this.#latencies.length > KEPT) this.#latencies.shift();
    this.#frames.push(now);
    while (now - this.#frames[0]! > RATE_WINDOW_MS) this.#frames.shift();
    this.#show(now);
  }

  #show(now: number): void {
    for (const part of ['queue', 'infer', 'total'] as const) {
      const sorted = this.#latencies.map((latency) => latency[part]).sort((a, b) => a - b);
      const at = (share: number): string => millis(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
      show(part, at(0.5), `p95 ${at(0.95)}`);
    }
    const span = now - this.#frames[0]!;
    if (span > 0) show('rate', (((this.#frames.length - 1) * 1000) / span).toFixed(1), 'while speech is open');
  }
}

const show = (id: string, value: string, more: string): void =>
  find(id, HTMLElement).replaceChildren(value, make('small', '', more));
