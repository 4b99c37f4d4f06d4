import { maxMs, percentileMs } from '../generator/histogram.js';
import type { Observations, Split } from '../generator/observations.js';
import type { Performance } from '../generator/stage.js';
import { durations, recordMs } from '../generator/histogram.js';

/** One measured value of a scenario, with its target if it has one. */
export interface Finding {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The greatest value that the target allows; null for a value that is only reported. */
  readonly limit: number | null;
}

/** Whether a target was met; not where nothing was measured (NaN). */
export const holds = ({ value, limit }: Finding): boolean => limit === null || value <= limit;

export const told = (what: string, value: number, unit: string): Finding => ({ what, value, unit, limit: null });

export const atMost = (what: string, value: number, unit: string, limit: number): Finding => ({
  what,
  value,
  unit,
  limit,
});

/** What became of the frames of all calls. */
export const framesOf = ({ calls }: Observations) => {
  const sum = (count: 'sent' | 'answered' | 'gapped' | 'lost') => calls.reduce((total, call) => total + call[count], 0);
  return { sent: sum('sent'), answered: sum('answered'), gapped: sum('gapped'), lost: sum('lost') };
};

/** Calls that did not end with `closed`. */
export const failedCalls = ({ calls }: Observations): number => calls.filter(({ problem }) => problem !== null).length;

/** The targets of every scenario: in each window p99 is within the limit; no frame is lost or gapped; no call fails. */
export const standardFindings = ({ observations }: Performance, { p99 }: { readonly p99: number }): Finding[] => {
  const { gapped, lost } = framesOf(observations);
  const names = [...observations.splits.keys()];
  const latencies = names.map((name) =>
    atMost(`p99 latency${names.length > 1 ? `, ${name}` : ''}`, p99Of(observations.splits.get(name)!), 'ms', p99),
  );
  return [
    ...latencies,
    atMost('frames gapped', gapped, '', 0),
    atMost('frames lost', lost, '', 0),
    atMost('calls failed', failedCalls(observations), '', 0),
  ];
};

const p99Of = ({ latency }: Split): number => percentileMs(latency, 99);

/** By how many percent p99 is higher in the second of two windows than in the first; NaN if it is unknown in one of them. */
export const shiftOf = ({ splits }: Observations): number => {
  const [before, during] = [...splits.values()].map(p99Of);
  return (during! / before! - 1) * 100;
};

/** How long the calls of a group took from dialling to `ready`; not known if none got that far. */
export const readyFindings = ({ calls }: Observations, group: string): Finding[] => {
  const ready = durations();
  for (const call of calls) if (call.group === group && call.readyMs !== null) recordMs(ready, call.readyMs);
  return [
    told('dialling to ready, p50', percentileMs(ready, 50), 'ms'),
    told('dialling to ready, p99', percentileMs(ready, 99), 'ms'),
    told('dialling to ready, longest', maxMs(ready), 'ms'),
  ];
};
