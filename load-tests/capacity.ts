import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { capacityTables } from './capacity/capacity-tables.js';
import { readMeasured } from './capacity/measured.js';

/** Computes the tables of docs/capacity.md from what `npm run bench -- --json FILE` measured. The tables go between these lines. */
const [BEGIN, END] = ['<!-- computed by npm run capacity -->', '<!-- end of what is computed -->'] as const;

new Command('capacity')
  .description('how many streams 16-core and H100 boxes take, extrapolated from what npm run bench measured')
  .argument('<file>', 'JSON that npm run bench wrote')
  .option('--into <page>', `Markdown in which what is between "${BEGIN}" and "${END}" is replaced`)
  .action((file: string, { into }: { into?: string }, command: Command) => {
    const tables = capacityTables(readMeasured(readFileSync(file, 'utf8')));
    if (into === undefined) return void process.stdout.write(`${tables}\n`);
    const page = readFileSync(into, 'utf8');
    const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (from < 0 || to < from) command.error(`${into} lacks the lines "${BEGIN}" and "${END}"`);
    writeFileSync(into, `${page.slice(0, from)}${BEGIN}\n\n${tables}\n\n${page.slice(to)}`);
  })
  .parse();
