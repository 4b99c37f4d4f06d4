import type { Latency } from '@earshot/client';
import { find, make } from '../shared/dom.js';
import { millis } from '../shared/words.js';

/** Intents that the figures speak of: about the last half minute of one channel. */
const KEPT = 60;
/** Frames a second are counted over so many milliseconds of the wall clock. */
const RATE_WINDOW_MS = 3_000;

/** Latency and frames a second of the stream on the page. */
export class Speed {
  readonly #latencies: Latency[] = [];
  readonly #frames: number[] = [];

  clear(): void {
    this.#latencies.length = 0;
    this.#frames.length = 0;
    for (const id of ['queue', 'infer', 'total', 'rate']) show(id, '–', '');
  }

  /** A frame came back; `now` is the wall clock's, in milliseconds. */
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
