import { table } from '../../server/cli/table.js';
import type { Result } from './result.js';
import { countRows, findingRows, latencyRows, processRows, trialRows, VERDICTS, type Rows } from './rows.js';

/** The result as plain text. */
export const textOf = (result: Result): string => {
  const { figures, machine, question } = result;
  const parts: (string | Rows)[] = [
    `${result.scenario}: ${question}`,
    `${machine.processor}, ${machine.cores} cores; Node ${machine.node}; ${settingsLine(result)}`,
    ...(result.trials.length > 0 ? [trialRows(result)] : []),
    latencyRows(figures),
    countRows(figures),
    processRows(figures),
    ...Object.entries(figures.problems).map(([problem, count]) => `${count} × ${problem}`),
    findingRows(result),
    VERDICTS[result.verdict],
  ];
  return `${parts.map((part) => (typeof part === 'string' ? part : table(part))).join('\n\n')}\n`;
};

/** The settings of the test, in one line. */
export const settingsLine = ({ settings, figures }: Result): string => {
  const { chunkMs, duration, hop, seed, url } = settings;
  const [transports, encodings] = [figures.transports, figures.encodings].map((words) => words.join(', '));
  const where = url ?? 'a server of its own';
  const who = Object.entries(figures.groups).map(([group, count]) => `${count} ${group}`);
  const hopWords = hop === null ? "the model's hop" : `${hop} ms hop`;
  return `${who.join(' and ')}, ${transports}, ${encodings} in chunks of ${chunkMs} ms, ${hopWords}, ${duration} s, seed ${seed}, ${where}`;
};
