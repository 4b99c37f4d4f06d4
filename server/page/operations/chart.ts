import uPlot from 'uplot';
import { axis } from '../shared/axis.js';
import { styled } from '../shared/dom.js';

/** A line over time: its name, and the CSS custom property of its colour. */
export interface Line {
  readonly label: string;
  readonly colour: string;
}

/** How much time a chart shows at most: two minutes. */
const SPAN_SECONDS = 120;
/** How much time a chart shows on a page that was just opened. */
const SHORTEST_SPAN_SECONDS = 30;
const HEIGHT = 190;

/** Lines over the last two minutes of real time; the page also shows their newest values as text. */
export class Chart {
  readonly #plot: uPlot;
  readonly #times: number[] = [];
  readonly #values: (number | null)[][];

  constructor(
    readonly box: HTMLElement,
    lines: readonly Line[],
    unit: string,
  ) {
    this.#values = lines.map(() => []);
    this.#plot = new uPlot(optionsOf(lines, unit, box.clientWidth), [[], ...this.#values], box);
    new ResizeObserver(() => this.#plot.setSize({ width: Math.max(200, box.clientWidth), height: HEIGHT })).observe(
      box,
    );
  }

  /** Adds a value to each line at `at`, in seconds of a monotonic clock; null where a line has no value. */
  add(at: number, values: readonly (number | null)[]): void {
    this.#times.push(at);
    for (const [index, value] of values.entries()) this.#values[index]!.push(value);
    while (at - this.#times[0]! > SPAN_SECONDS) for (const column of [this.#times, ...this.#values]) column.shift();
    this.#plot.setData([this.#times, ...this.#values]);
    const span = Math.min(SPAN_SECONDS, Math.max(SHORTEST_SPAN_SECONDS, at - this.#times[0]!));
    this.#plot.setScale('x', { min: at - span, max: at });
  }

  redraw(): void {
    this.#plot.redraw();
  }
}

const optionsOf = (lines: readonly Line[], unit: string, width: number): uPlot.Options => ({
  width: Math.max(200, width),
  height: HEIGHT,
  padding: [8, 16, 0, 0],
  cursor: { show: false },
  legend: { show: false },
  scales: { x: { auto: false }, y: { range: (_, _min, max) => [0, Number.isFinite(max) && max > 0 ? max * 1.2 : 1] } },
  axes: [
    axis({
      size: 26,
      splits: (_, _axis, min, max) => marks(min, max),
      values: (plot, splits) => splits.map((at) => ago(plot.scales.x!.max ?? at, at)),
    }),
    axis({ size: 62, values: (_, splits) => splits.map((value) => `${Number(value.toPrecision(3))} ${unit}`) }),
  ],
  series: [
    {},
    ...lines.map(({ label, colour }) => ({
      label,
      stroke: () => styled(colour),
      width: 2,
      points: { show: false },
      ...(lines.length === 1 && { fill: () => `${styled(colour)}22` }),
    })),
  ],
});

/** The places of the time axis's marks: round numbers of seconds before the newest value. */
function marks(min: number, max: number): number[] {
  const step = max - min > 60 ? 30 : 10;
  return Array.from({ length: Math.floor((max - min) / step + 1e-6) + 1 }, (_, index) => max - index * step).reverse();
}

const ago = (now: number, at: number): string => {
  const seconds = Math.round(now - at);
  return seconds < 1 ? 'now' : `−${seconds} s`;
};
