import { wasLate } from '../generator/observations.js';
import { holds } from '../scenarios/finding.js';
import type { ScenarioOutcome } from '../scenarios/scenario.js';

/** Whether every target was met. If the generator itself was late, the test says nothing about the server. */
export type Verdict = 'held' | 'missed' | 'generator too slow';

export const EXIT_CODES: Readonly<Record<Verdict, number>> = { held: 0, missed: 1, 'generator too slow': 3 };

/** Judges a scenario. `maxLag`: most milliseconds for the p99 of the generator's own lag and of the delay of its event loops. */
export const verdictOf = ({ performance, findings, trials }: ScenarioOutcome, maxLag: number): Verdict => {
  const missed = trials.filter(({ held }) => !held).sort((a, b) => a.streams - b.streams);
  if (wasLate(performance.observations, maxLag) || missed[0]?.wasLate) return 'generator too slow';
  return findings.every(holds) ? 'held' : 'missed';
};
