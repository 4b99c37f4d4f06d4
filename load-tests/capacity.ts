import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { reasonOf } from '../server/domain/reason.js';
import { capacityTables } from './capacity/capacity-tables.js';
import { readMeasured } from './capacity/measured.js';

/** Computes the tables of docs/capacity.md from what `npm run bench -- --json FILE` measured. The tables go between these lines. */
const [BEGIN, END] = ['<!-- computed by npm run capacity -->', '<!-- end of what is computed -->'] as const;

const end = (command: Command, about: string, problem: unknown): never =>
  command.error(`error: ${about}: ${reasonOf(problem)}`);

const tablesFrom = (file: string, command: Command): string => {
  try {
    return capacityTables(readMeasured(readFileSync(file, 'utf8')));
  } catch (problem) {
    return end(command, file, problem);
  }
};

const put = (tables: string, into: string, command: Command): void => {
  try {
    const page = readFileSync(into, 'utf8');
    const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (from < 0 || to < from) throw new Error(`it lacks the lines "${BEGIN}" and "${END}"`);
    writeFileSync(into, `${page.slice(0, from)}${BEGIN}\n\n${tables}\n\n${page.slice(to)}`);
  } catch (problem) {
    end(command, into, problem);
  }
};

new Command('capacity')
  .description('how many streams 16-core and H100 boxes take, extrapolated from what npm run bench measured')
  .argument('<file>', 'JSON that npm run bench wrote')
  .option('--into <page>', `Markdown in which what is between "${BEGIN}" and "${END}" is replaced`)
  .action((file: string, { into }: { into?: string }, command: Command) => {
    const tables = tablesFrom(file, command);
    if (into === undefined) process.stdout.write(`${tables}\n`);
    else put(tables, into, command);
  })
  .parse();
