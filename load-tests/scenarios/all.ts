import { churn } from './churn.js';
import { burst, greedy, idle, slowReaders } from './disturbed.js';
import { first } from './first.js';
import { mixed } from './mixed.js';
import { ramp } from './ramp.js';
import type { Scenario } from './scenario.js';
import { long, steady } from './steady.js';

export const SCENARIOS: readonly Scenario[] = [
  steady,
  first,
  ramp,
  burst,
  slowReaders,
  greedy,
  long,
  churn,
  mixed,
  idle,
];
