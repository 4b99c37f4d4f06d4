/** One sample of a scrape, which is one line of its text. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One bucket of a histogram: `count` observations were at most `le`, and, unless it is cumulative, above the `le` before. */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The samples of one answer of `/metrics` (Prometheus text format 0.0.4). */
export class Scrape {
  readonly #samples: readonly Sample[];

  constructor(
    text: string,
    /** When it was read, in seconds of a monotonic clock. */
    readonly at: number,
  ) {
    this.#samples = text.split('\n').flatMap(sampleOf);
  }

  /** The sum of all samples of this name that have these labels, whatever others they have; 0 where there are none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.#named(name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((total, { value }) => total + value, 0);
  }

  /** The sums of a metric by the values of one label, in the order in which they first occur. */
  by(name: string, label: string): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.#named(name)) {
      const key = labels[label] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }

  /** The cumulative buckets of a histogram, summed over all its other labels, smallest first. */
  buckets(name: string): Bucket[] {
    return [...this.by(`${name}_bucket`, 'le')]
      .map(([le, count]) => ({ le: le === '+Inf' ? Infinity : Number(le), count }))
      .sort((a, b) => a.le - b.le);
  }

  /** The labels of every sample of this name. */
  labelled(name: string): Readonly<Record<string, string>>[] {
    return this.#named(name).map(({ labels }) => labels);
  }

  #named(name: string): Sample[] {
    return this.#samples.filter((sample) => sample.name === name);
  }
}

function sampleOf(line: string): Sample[] {
  const [, name, labels = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) return [];
  const read = [...labels.matchAll(LABEL)].map(([, label, text]) => [label, text!.replace(/\\(.)/g, unescaped)]);
  return [{ name, labels: Object.fromEntries(read) as Record<string, string>, value: Number(value) }];
}

const unescaped = (_: string, character: string): string => (character === 'n' ? '\n' : character);
