import { chartHtml, type Chart, type Mark, type Series } from './chart.js';
import type { Figures, WindowFigures } from './figures.js';
import type { Result } from './result.js';
import { percentilePlace, ticksUpTo } from './scale.js';

/** The charts of a result, as HTML. */
export const chartsOf = (result: Result): string[] => {
  const { figures, settings, trials } = result;
  const x = timeAxis(figures);
  const bands = figures.windows.map(({ name, fromMs, toMs }) => ({ name, from: fromMs, to: toMs }));
  const [latency, ...others] = overTime(result, x.to);
  const drawn = (chart: OverTime): string => chartHtml({ x, bands, ...chart });
  return [
    ...(trials.length > 1 ? [trialsChart(trials, settings.p99)] : []),
    drawn(latency!),
    percentileChart(figures.windows),
    ...others.map(drawn),
  ];
};

type OverTime = Omit<Chart, 'x' | 'bands'>;

/** The charts over the time of the run, latency first. */
const overTime = ({ figures, settings }: Result, to: number): OverTime[] => [
  { title: 'Latency, last sample to event', unit: ' ms', limit: settings.p99, series: latencySeries(figures) },
  {
    title: 'Streams open',
    unit: '',
    series: [{ name: 'open', colour: 3, isFilled: true, points: momentPoints(figures, 'open') }],
  },
  { title: 'Cores busy', unit: '', series: coreSeries(figures, to) },
  {
    title: "Generator's own lag, p99",
    unit: ' ms',
    limit: settings.maxLag,
    series: [{ name: 'lag', colour: 4, points: momentPoints(figures, 'lagP99') }],
  },
  ...serverCharts(figures, to),
];

const coreSeries = ({ server, generator }: Figures, to: number): Series[] => [
  ...(server ? [lineOf({ name: 'server', colour: 1, to }, server.moments, ({ cores }) => cores)] : []),
  lineOf({ name: 'generator', colour: 4, to }, generator.moments, ({ cores }) => cores),
];

const serverCharts = ({ server }: Figures, to: number): OverTime[] => {
  if (server === null) return [];
  const batches = lineOf({ name: 'frames', colour: 1, to }, server.moments, ({ framesPerBatch }) => framesPerBatch);
  const memory = lineOf({ name: 'resident', colour: 3, to }, server.moments, ({ residentMiB }) => residentMiB);
  return [
    { title: 'Frames in a micro-batch, mean', unit: '', series: [batches] },
    { title: 'Server memory', unit: ' MiB', series: [{ ...memory, isFilled: true }] },
  ];
};

const timeAxis = ({ moments, windows }: Figures): Chart['x'] => {
  const to = Math.max(windows.at(-1)!.toMs, moments.at(-1)!.atMs);
  const ticks = ticksUpTo(to / 1000).filter((at) => at * 1000 <= to);
  return { from: 0, to, ticks: ticks.map((at) => ({ at: at * 1000, text: `${at} s` })) };
};

const momentPoints = ({ moments }: Figures, key: 'p50' | 'p99' | 'open' | 'lagP99'): Series['points'] =>
  moments.map((moment) => [moment.atMs, moment[key]]);

const latencySeries = (figures: Figures): Series[] => [
  { name: 'p99', colour: 2, points: momentPoints(figures, 'p99') },
  { name: 'p50', colour: 1, points: momentPoints(figures, 'p50') },
];

/** A line of samples, without those from after the charts' end, when the callers hang up. */
const lineOf = <T extends { readonly atMs: number }>(
  { name, colour, to }: { readonly name: string; readonly colour: number; readonly to: number },
  moments: readonly T[],
  value: (moment: T) => number,
): Series => ({
  name,
  colour,
  points: moments.filter(({ atMs }) => atMs >= 0 && atMs <= to).map((moment) => [moment.atMs, value(moment)]),
});

const NINES = [50, 90, 99, 99.9, 99.99, 99.999];

/** Latency by percentile, one line for each window; on the axis, 90, 99, 99.9 … are equally far apart. */
const percentileChart = (windows: readonly WindowFigures[]): string => {
  const most = Math.max(50, ...windows.flatMap(({ curve }) => curve.map(([percentile]) => percentile)));
  const place = (percentile: number): number => percentilePlace(percentile, most);
  const ticks: Mark[] = [0, ...NINES]
    .filter((nine) => nine <= most)
    .map((nine) => ({ at: place(nine), text: `${nine} %` }));
  const series = windows.map(({ name, curve }, index): Series => ({
    name,
    colour: index + 1,
    points: curve.map(([percentile, ms]) => [place(percentile), ms]),
  }));
  return chartHtml({ title: 'Latency by percentile', unit: ' ms', series, x: { from: 0, to: 1, ticks } });
};

/** p99 of every number of streams that was tried. */
const trialsChart = (trials: Result['trials'], p99: number): string => {
  const sorted = trials.filter(({ wasLate }) => !wasLate).sort((a, b) => a.streams - b.streams);
  const most = sorted.at(-1)?.streams ?? 1;
  const ticks = ticksUpTo(most)
    .filter((at) => at <= most)
    .map((at) => ({ at, text: String(at) }));
  // Beyond the knee, latency grows without limit: values far above the target would make everything else too small to see.
  const points = sorted.map(({ streams, p99Ms }): [number, number] => [streams, Math.min(p99Ms, 3 * p99)]);
  return chartHtml({
    title: 'p99 by number of streams',
    unit: ' ms',
    limit: p99,
    series: [{ name: 'p99', colour: 2, points }],
    x: { from: 0, to: most, ticks },
  });
};
