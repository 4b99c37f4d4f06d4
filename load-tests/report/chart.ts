import { ticksUpTo } from './scale.js';
import { short } from './words.js';

/** One line of a chart. A y of NaN leaves a gap in the line. */
export interface Series {
  readonly name: string;
  /** Number of its colour, 1–4. */
  readonly colour: number;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isFilled?: boolean;
}

export interface Mark {
  readonly at: number;
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** Left and right end of the axis, and its labels. */
  readonly x: { readonly from: number; readonly to: number; readonly ticks: readonly Mark[] };
  /** A target, drawn as a line. */
  readonly limit?: number | null;
  /** Named ranges of x, drawn behind the lines. */
  readonly bands?: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

const WIDTH = 560;
const HEIGHT = 230;
const LEFT = 64;
const RIGHT = 20;
const TOP = 16;
const BOTTOM = 26;

interface Axes {
  x(value: number): number;
  y(value: number): number;
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

/** A chart as an HTML figure with inline SVG; the page defines its colours as custom properties. */
export const chartHtml = ({ title, unit, series, x, limit = null, bands = [] }: Chart): string => {
  const values = series.flatMap(({ points }) => points.flatMap(([, y]) => (Number.isNaN(y) ? [] : [y])));
  const most = Math.max(0, ...values);
  // A target far above the measured values would compress the lines.
  const shownLimit = limit !== null && limit < 4 * most ? limit : null;
  const ticks = ticksUpTo(Math.max(most, shownLimit ?? 0) || 1);
  const axes = axesOf(x, ticks.at(-1)!);
  const parts = [
    ...bands.map((band) => bandSvg(band, axes)),
    ...ticks.map((tick) => tickSvg(tick, unit, axes)),
    ...x.ticks.map(
      ({ at, text }) =>
        `<text class="tick" x="${axes.x(at).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(text)}</text>`,
    ),
    ...(shownLimit === null ? [] : [limitSvg(shownLimit, axes)]),
    ...series.map((line) => seriesSvg(line, axes)),
  ];
  return `<figure><figcaption><h2>${escaped(title)}</h2>${legend(series, shownLimit)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${parts.join('')}</svg></figure>`;
};

const axesOf = ({ from, to }: Chart['x'], most: number): Axes => ({
  x: (value) => LEFT + ((value - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT),
  y: (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM),
});

const bandSvg = ({ name, from, to }: { name: string; from: number; to: number }, axes: Axes): string => {
  const [left, right] = [axes.x(from), axes.x(to)];
  return `<line class="edge" x1="${left.toFixed(1)}" x2="${left.toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><rect class="band" x="${left.toFixed(1)}" y="${TOP}" width="${(right - left).toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}"/><text class="tick" x="${((left + right) / 2).toFixed(1)}" y="${TOP - 5}" text-anchor="middle">${escaped(name)}</text>`;
};

const tickSvg = (tick: number, unit: string, axes: Axes): string => {
  const y = axes.y(tick).toFixed(1);
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="tick" x="${LEFT - 6}" y="${y}" dy="0.32em" text-anchor="end">${escaped(`${tick}${unit}`)}</text>`;
};

const limitSvg = (limit: number, axes: Axes): string => {
  const y = axes.y(limit).toFixed(1);
  return `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`;
};

const seriesSvg = ({ points, colour, isFilled, name }: Series, axes: Axes): string => {
  const runs = runsOf(points);
  const path = runs.map(
    (run) => `M${run.map(([x, y]) => `${axes.x(x).toFixed(1)},${axes.y(y).toFixed(1)}`).join('L')}`,
  );
  const fills = runs.map(
    (run, index) =>
      `${path[index]!}L${axes.x(run.at(-1)![0]).toFixed(1)},${axes.y(0)}L${axes.x(run[0]![0]).toFixed(1)},${axes.y(0)}Z`,
  );
  const fill = isFilled ? `<path class="fill c${colour}" d="${fills.join('')}"/>` : '';
  return `${fill}<path class="line c${colour}" d="${path.join('')}"><title>${escaped(name)}</title></path>`;
};

/** The parts of a line between its gaps. */
const runsOf = (points: Series['points']): [number, number][][] => {
  const runs: [number, number][][] = [[]];
  for (const [x, y] of points) {
    if (!Number.isNaN(y)) runs.at(-1)!.push([x, y]);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  return runs.filter(({ length }) => length > 0);
};

const legend = (series: readonly Series[], limit: number | null): string => {
  const keys = series.map(({ name, colour }) => `<span class="key c${colour}">${escaped(name)}</span>`);
  if (limit !== null) keys.push(`<span class="key target">limit ${short(limit)}</span>`);
  return keys.length > 1 ? `<div>${keys.join('')}</div>` : '';
};
