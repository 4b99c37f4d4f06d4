import type { Figures, Quantiles, WindowFigures } from './figures.js';
import type { Result } from './result.js';
import { short, withUnit } from './words.js';

/** A table: a heading and its rows. */
export type Rows = readonly (readonly string[])[];

export const findingRows = ({ findings }: Result): Rows => [
  ['', 'measured', 'target', ''],
  ...findings.map(({ what, value, unit, limit, held }) => [
    what,
    withUnit(value, unit),
    limit === null ? '' : `≤ ${withUnit(limit, unit)}`,
    limit === null ? '' : held ? 'held' : 'MISSED',
  ]),
];

export const latencyRows = ({ windows }: Figures): Rows => [
  ['milliseconds', 'p50', 'p90', 'p99', 'p99.9', 'max'],
  ...windows.flatMap((window) => splitRows(window, windows.length > 1 ? `, ${window.name}` : '')),
];

const splitRows = (window: WindowFigures, suffix: string): string[][] => [
  row(`last sample to event${suffix}`, window.latency),
  row('  queue', window.queue),
  row('  inference', window.infer),
  row('  order and send', window.send),
  row('  wire, chunk, generator', window.outside),
];

const row = (name: string, { p50, p90, p99, p999, max }: Quantiles): string[] => [
  name,
  ...[p50, p90, p99, p999, max].map(short),
];

export const countRows = ({ frames, calls, problems }: Figures): Rows => [
  ['frames sent', 'answered', 'gapped', 'lost', 'calls', 'failed'],
  [
    ...[frames.sent, frames.answered, frames.gapped, frames.lost, calls].map(String),
    String(Object.values(problems).reduce((sum, count) => sum + count, 0)),
  ],
];

export const processRows = ({ server, generator }: Figures): Rows => [
  ['', 'cores', 'memory', 'event loop p99', ''],
  server
    ? [
        'server',
        short(server.cores),
        `${short(server.residentMiB)} MiB`,
        `${short(server.loopDelayP99Ms.median)} ms, worst second ${short(server.loopDelayP99Ms.worst)} ms`,
        `${short(server.framesPerSecond)} frames/s, ${short(server.cpuMsPerFrame)} ms CPU a frame, ${short(server.framesPerBatch)} frames a batch`,
      ]
    : ['server', 'its /metrics did not answer'],
  [
    'generator',
    short(generator.cores),
    `${short(generator.residentMiB)} MiB`,
    `${short(generator.loopDelayP99Ms)} ms`,
    `${short(generator.corePercentPerStream)} % of a core a stream; lag p50 ${short(generator.lag.p50)} ms, p99 ${short(generator.lag.p99)} ms, max ${short(generator.lag.max)} ms`,
  ],
];

export const trialRows = ({ trials }: Result): Rows => [
  ['streams', 'p99 ms', 'gaps', ''],
  ...trials.map(({ streams, p99Ms, gaps, held, wasLate }) => [
    String(streams),
    short(p99Ms),
    String(gaps),
    held ? 'held' : wasLate ? 'generator too slow' : 'missed',
  ]),
];

export const VERDICTS: Readonly<Record<Result['verdict'], string>> = {
  held: 'Every target was held.',
  missed: 'A target was missed.',
  'generator too slow':
    'The generator was too slow: what was measured says nothing of the server. Give it cores of its own, more --threads, longer --chunk-ms or fewer --streams.',
};
