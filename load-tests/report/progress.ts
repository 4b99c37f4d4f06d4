import type { Observations } from '../generator/observations.js';
import { percentileMs } from '../generator/histogram.js';
import { endOf } from '../generator/plan.js';
import { short } from './words.js';

const EVERY_MS = 10_000;

/** Shows the progress of a run: on a terminal, one line that is updated; elsewhere, a line every ten seconds. */
export const tellProgress = (out: NodeJS.WriteStream): ((observations: Observations, atMs: number) => void) => {
  let toldAt = -Infinity;
  return (observations, atMs) => {
    if (!out.isTTY && atMs - toldAt < EVERY_MS && atMs >= toldAt) return;
    toldAt = atMs;
    const line = lineOf(observations, atMs);
    out.write(out.isTTY ? `\r\x1b[2K${line.slice(0, out.columns - 1)}` : `${line}\n`);
  };
};

/** Clears the line that is updated. */
export const endProgress = (out: NodeJS.WriteStream): void => {
  if (out.isTTY) out.write('\r\x1b[2K');
};

const lineOf = ({ plan, moments, momentMs, open, lag }: Observations, atMs: number): string => {
  // The newest moment that is over, so that its frames have been answered or could have been.
  const moment = moments[Math.floor(atMs / momentMs) - 1];
  const latency = moment && moment.latency.count > 0 ? moment.latency : null;
  const gaps = moments.reduce((sum, each) => sum + each.gaps, 0);
  return [
    `${Math.max(0, Math.floor(atMs / 1000))} of ${Math.ceil(endOf(plan) / 1000)} s`,
    `${open} open`,
    latency
      ? `p50 ${short(percentileMs(latency, 50))} ms, p99 ${short(percentileMs(latency, 99))} ms`
      : 'nothing answered yet',
    `${gaps} gaps`,
    ...(lag.count > 0 ? [`lag p99 ${short(percentileMs(lag, 99))} ms`] : []),
  ].join(' · ');
};
