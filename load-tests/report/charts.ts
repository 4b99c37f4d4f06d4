import { chartHtml, type Chart, type Mark, type Series } from './chart.js';
import type { Figures, WindowFigures } from './figures.js';
import type { Result } from './result.js';
import { percentilePlace, ticksUpTo } from './scale.js';

/** The charts of a result, as HTML. */
export const chartsOf = ({ figures, settings, trials }: Result): string[] => {
  const time = timeAxis(figures);
  const bands = figures.windows.map(({ name, fromMs, toMs }) => ({ name, from: fromMs, to: toMs }));
  const over = (chart: Pick<Chart, 'title' | 'unit' | 'series'> & Partial<Chart>): string =>
    chartHtml({ x: time, bands, ...chart });
  const { server, generator } = figures;
  return [
    ...(trials.length > 1 ? [trialsChart(trials, settings.p99)] : []),
    over({ title: 'Latency, last sample to event', unit: ' ms', limit: settings.p99, series: latencySeries(figures) }),
    percentileChart(figures.windows),
    over({
      title: 'Streams open',
      unit: '',
      series: [{ name: 'open', colour: 3, isFilled: true, points: momentPoints(figures, 'open') }],
    }),
    over({
      title: 'Cores busy',
      unit: '',
      series: [
        ...(server ? [lineOf({ name: 'server', colour: 1, to: time.to }, server.moments, ({ cores }) => cores)] : []),
        lineOf({ name: 'generator', colour: 4, to: time.to }, generator.moments, ({ cores }) => cores),
      ],
    }),
    over({
      title: "Generator's own lag, p99",
      unit: ' ms',
      limit: settings.maxLag,
      series: [{ name: 'lag', colour: 4, points: momentPoints(figures, 'lagP99') }],
    }),
    ...(server
      ? [
          over({
            title: 'Frames in a micro-batch, mean',
            unit: '',
            series: [
              lineOf(
                { name: 'frames', colour: 1, to: time.to },
                server.moments,
                ({ framesPerBatch }) => framesPerBatch,
              ),
            ],
          }),
          over({
            title: 'Server memory',
            unit: ' MiB',
            series: [
              {
                ...lineOf(
                  { name: 'resident', colour: 3, to: time.to },
                  server.moments,
                  ({ residentMiB }) => residentMiB,
                ),
                isFilled: true,
              },
            ],
          }),
        ]
      : []),
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

/** What was sampled in the charts' time; the goodbyes after it are of no interest. */
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

/** Latency against percentile, one line a window; the axis gives each nine as much room. */
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

/** What every tried number of streams came to. */
const trialsChart = (trials: Result['trials'], p99: number): string => {
  const sorted = [...trials].sort((a, b) => a.streams - b.streams);
  const most = sorted.at(-1)!.streams;
  const ticks = ticksUpTo(most)
    .filter((at) => at <= most)
    .map((at) => ({ at, text: String(at) }));
  // Beyond the knee latency grows without end: what is far above the target would hide everything else.
  const points = sorted.map(({ streams, p99Ms }): [number, number] => [streams, Math.min(p99Ms, 3 * p99)]);
  return chartHtml({
    title: 'p99 by number of streams',
    unit: ' ms',
    limit: p99,
    series: [{ name: 'p99', colour: 2, points }],
    x: { from: 0, to: most, ticks },
  });
};
