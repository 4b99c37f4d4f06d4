import { availableParallelism, cpus, totalmem } from 'node:os';
import { VERSION } from '../../server/cli/version.js';
import { holds, type Finding } from '../scenarios/finding.js';
import type { Scenario, ScenarioOutcome, Trial } from '../scenarios/scenario.js';
import type { Settings } from '../settings.js';
import { figuresOf, type Figures } from './figures.js';
import { verdictOf, type Verdict } from './verdict.js';

/** The result of a load test; `--json` writes exactly this. */
export interface Result {
  readonly scenario: string;
  readonly question: string;
  readonly verdict: Verdict;
  readonly findings: readonly (Finding & { readonly held: boolean })[];
  readonly trials: readonly Trial[];
  readonly figures: Figures;
  readonly settings: Settings;
  readonly machine: Machine;
  /** When the test ended, as ISO 8601. */
  readonly at: string;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Version of Earshot from which the load generator was run. */
  readonly version: string;
}

export const resultOf = ({ name, question }: Scenario, outcome: ScenarioOutcome, settings: Settings): Result => ({
  scenario: name,
  question,
  verdict: verdictOf(outcome, settings.maxLag),
  findings: outcome.findings.map((finding) => ({ ...finding, held: holds(finding) })),
  trials: outcome.trials,
  figures: figuresOf(outcome.performance),
  settings,
  machine: {
    processor: cpus()[0]?.model.trim() ?? 'processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    version: VERSION,
  },
  at: new Date().toISOString(),
});
