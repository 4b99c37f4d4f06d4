import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { matchTable, surroundingsOf, type BenchReport } from './bench/bench-report.js';
import { EARSHOT, INSTALL, MATCHES, missingFor, type Match } from './bench/contender.js';
import { playMatch, type MatchOptions, type Played } from './bench/match.js';

/**
 * Measures what a server adds to the cost of its model: compares the bare ONNX session, our server, and the servers that a user
 * might choose instead, on the same graph and audio, in one run.
 */
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const MOST = 3_600;

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= MOST)) throw new InvalidArgumentError(`give a number above 0 and up to ${MOST}.`);
  return value;
};

const whole = (text: string): number => {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('give a whole number.');
  return value;
};

const NAMES = [...new Set(MATCHES.flatMap(({ contenders }) => contenders.map(({ name }) => name)))];

const names = (text: string): string[] => {
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${NAMES.join(', ')}.`);
  return wanted;
};

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly only?: string[];
  readonly json?: string;
}

const program = new Command('bench')
  .description('the bare ONNX session, our server and its rivals on the same model and audio, in one run (Linux)')
  .option('--rounds <n>', 'rounds of bare session and server in turn', whole, 5)
  .option('--seconds <n>', 'length of a round, about', positive, 4)
  .option('--only <names>', `which of ${NAMES.join(', ')}`, names)
  .option('--json <file>', 'write everything that was measured');

/** Whether `--only` selects a match. `--only earshot` alone selects only the bundled model's: in the other, our server is a reference. */
const isPlayed = (match: Match, { only }: Options): boolean =>
  only === undefined ||
  match.contenders.some((each) => only.includes(each.name) && (each !== EARSHOT || match === MATCHES[0]));

const bench = async (options: Options): Promise<BenchReport> => {
  const surroundings = surroundingsOf(options.rounds, options.seconds);
  const { date, processor, cores, node, commit, loadBefore } = surroundings;
  say(`${date}, ${processor}, ${cores} cores, Node ${node}, commit ${commit ?? 'unknown'}`);
  say(
    `load before the run ${loadBefore.toFixed(1)}: above ${(cores / 4).toFixed(1)}, other work takes part in what follows\n`,
  );
  const matchOptions: MatchOptions = { ...options, only: options.only ?? null, say };
  const played: Played[] = [];
  for (const match of MATCHES.filter((each) => isPlayed(each, options))) {
    const missing = missingFor(EARSHOT, match.model);
    if (missing !== null) {
      say(`${match.model.name}: skipped: ${missing} is missing; ${INSTALL} makes it`);
      continue;
    }
    const each = await playMatch(match, matchOptions);
    say(`\n${matchTable(each.report)}\n`);
    played.push(each);
  }
  return {
    surroundings,
    matches: played.map(({ report }) => report),
    costs: played[0]?.costs ?? null,
    cpuAgreement: played[0]?.cpuAgreement ?? null,
  };
};

// The servers are in process groups of their own, so signals do not reach them; they are killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const options = program.parse().opts<Options>();
if (process.platform !== 'linux') program.error('bench reads CPU times from /proc: it runs on Linux');
const report = await bench(options);
if (report.cpuAgreement) {
  const { earshotCpuMs, processCpuMs, meanBatch } = report.cpuAgreement;
  say(
    `our server says ${earshotCpuMs.toFixed(0)} ms of CPU, the kernel ${processCpuMs.toFixed(0)} ms; mean batch ${meanBatch.toFixed(1)}`,
  );
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
