import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { ROOT } from './ingress.js';
import type { BareRate } from './bare-session.js';
import type { FullSpeed } from './full-speed.js';
import type { Paced } from './paced.js';
import type { Spread } from './statistics.js';
import type { StreamCosts } from './stream-costs.js';
import { markdown } from './markdown.js';
import type { Held } from './streams-held.js';

/** Where and when the benchmark ran, so that figures of different runs can be compared. */
export interface Surroundings {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** The commit, followed by `+` if files were changed since; null outside a repository. */
  readonly commit: string | null;
  /** Load average of the minute before the run: if it is not near zero, other work was running on the machine. */
  readonly loadBefore: number;
  readonly rounds: number;
  readonly seconds: number;
}

export interface ContenderReport {
  readonly name: string;
  readonly about: string;
  readonly fullSpeed: readonly FullSpeed[];
  readonly paced: Paced | null;
  readonly held: Held | null;
  /** Why it has no comparable figures: it was missing, failed, or gave other answers than our server. Null if it has figures. */
  readonly problem: string | null;
}

export interface MatchReport {
  readonly model: string;
  readonly bare: readonly BareRate[];
  /** The batch size that takes the least CPU a frame. */
  readonly bestBatch: number;
  readonly contenders: readonly ContenderReport[];
}

/** The CPU time of our server at full speed in one match: as the server reports it, and as the kernel does. */
export interface CpuAgreement {
  readonly earshotCpuMs: number;
  readonly processCpuMs: number;
  readonly meanBatch: number;
}

export interface BenchReport {
  readonly surroundings: Surroundings;
  readonly matches: readonly MatchReport[];
  readonly costs: StreamCosts | null;
  readonly cpuAgreement: CpuAgreement | null;
}

export const surroundingsOf = (rounds: number, seconds: number): Surroundings => ({
  date: new Date().toISOString().slice(0, 10),
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: availableParallelism(),
  node: process.version,
  commit: commitOf(ROOT),
  loadBefore: loadavg()[0] ?? NaN,
  rounds,
  seconds,
});

const commitOf = (folder: string): string | null => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '-uno') ? '+' : ''}`;
  } catch {
    return null;
  }
};

/** Formats a median with the least and the greatest value: `2.50 (2.41–2.77)`. */
export const spread = ({ median, least, most }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;

/** One match as Markdown: the medians of the rounds, and in brackets their least and greatest values. */
export const matchTable = ({ model, bare, bestBatch, contenders }: MatchReport): string => {
  const rows = bare.map(({ batch, framesPerSecond, cpuMsPerFrame }) => [
    `bare session, batch ${batch}${batch === bestBatch ? ' (best)' : ''}`,
    ...[framesPerSecond.toFixed(0), cpuMsPerFrame.toFixed(2), batch === bestBatch ? '1' : '', '', ''],
  ]);
  return markdown(
    [model, 'frames/s', 'CPU ms a frame', '÷ bare', '16 paced streams: p50 / p99 ms', 'paced streams held'],
    [...rows, ...contenders.flatMap(contenderRows)],
  );
};

const contenderRows = ({ name, fullSpeed, paced, held, problem }: ContenderReport): string[][] => {
  if (problem !== null) return [[name, problem, '', '', '', '']];
  return fullSpeed.map(({ ingress, framesPerSecond, cpuMsPerFrame, ratio, gapMs }, index) => [
    `${name}, ${ingress}${gapMs > 0 ? ` (gaps: ${gapMs} ms)` : ''}`,
    ...[spread(framesPerSecond, 0), spread(cpuMsPerFrame, 2), spread(ratio, 2)],
    index === 0 && paced ? `${paced.p50Ms.toFixed(1)} / ${paced.p99Ms.toFixed(1)}` : '',
    index === 0 && held ? `${held.streams}${held.isGeneratorsLimit ? ' (more: the generator was late)' : ''}` : '',
  ]);
};
