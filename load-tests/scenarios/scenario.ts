import type { Performance, Stage } from '../generator/stage.js';
import type { Settings } from '../settings.js';
import type { Finding } from './finding.js';

/** One size that was tried in search of the knee. */
export interface Trial {
  readonly streams: number;
  readonly p99Ms: number;
  readonly gaps: number;
  readonly held: boolean;
  /** The generator was late: the trial says nothing of the server. */
  readonly wasLate: boolean;
}

export interface ScenarioOutcome {
  readonly findings: readonly Finding[];
  /** The run that the figures are of. */
  readonly performance: Performance;
  readonly trials: readonly Trial[];
}

/** Settings that a scenario fills in where the command line leaves them out. */
export type Presets = Pick<Settings, 'streams' | 'ramp' | 'duration'>;

/** A load test that answers one question. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly presets: Presets;
  run(stage: Stage, settings: Settings): Promise<ScenarioOutcome>;
}
