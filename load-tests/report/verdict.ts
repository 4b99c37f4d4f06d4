import { lagOf } from '../generator/observations.js';
import { holds } from '../scenarios/finding.js';
import type { ScenarioOutcome } from '../scenarios/scenario.js';

/** Whether every target was met; where the generator itself was late, nothing is said of the server. */
export type Verdict = 'held' | 'missed' | 'generator too slow';

export const EXIT_CODES: Readonly<Record<Verdict, number>> = { held: 0, missed: 1, 'generator too slow': 3 };

/** `maxLag`: milliseconds that the 99th percentile of the generator's own lag, and of its event loops' delay, may reach. */
export const verdictOf = ({ performance, findings, trials }: ScenarioOutcome, maxLag: number): Verdict => {
  const { lagP99Ms, loopDelayP99Ms } = lagOf(performance.observations);
  const missed = trials.filter(({ held }) => !held).sort((a, b) => a.streams - b.streams);
  if (Math.max(lagP99Ms, loopDelayP99Ms) > maxLag || missed[0]?.wasLate) return 'generator too slow';
  return findings.every(holds) ? 'held' : 'missed';
};
