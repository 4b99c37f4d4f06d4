import type { Performance, Stage } from '../generator/stage.js';
import type { Settings } from '../settings.js';
import type { Finding } from './finding.js';

/** One number of streams that was tried in the search for the knee. */
export interface Trial {
  readonly streams: number;
  /** NaN (in JSON, null) if no frame was answered. */
  readonly p99Ms: number;
  readonly gaps: number;
  readonly held: boolean;
  /** Whether the generator itself was late, so that the trial says nothing about the server. */
  readonly wasLate: boolean;
}

export interface ScenarioOutcome {
  readonly findings: readonly Finding[];
  /** The run from which the report's figures are taken. */
  readonly performance: Performance;
  readonly trials: readonly Trial[];
}

/** A scenario's own defaults for settings that the command line leaves out. */
export type Presets = Pick<Settings, 'streams' | 'ramp' | 'duration'>;

/** A load test that answers one question. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly presets: Presets;
  /** Whether it asks about a server that has just started, so that it takes no `--url`. */
  readonly isOfFreshServer?: true;
  run(stage: Stage, settings: Settings): Promise<ScenarioOutcome>;
}
