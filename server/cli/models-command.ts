import { Command, Option } from 'commander';
import { environmentNameOf, SETTINGS } from '../config.js';
import { reasonOf } from '../domain/reason.js';
import { Failure } from './failure.js';
import { verifyPackages, type PackageReport } from './package-report.js';
import { table } from './table.js';

export const modelsCommand = (): Command =>
  new Command('models')
    .description('list the model packages of a folder and verify their checksums and golden vectors')
    .addOption(
      new Option('--models <folder>', 'folder of model packages')
        .env(environmentNameOf('models'))
        .default(SETTINGS.models.value.parse(undefined)),
    )
    .addOption(
      new Option('--precision <name>', 'the variant whose golden vectors are verified: auto, fp32, fp16 or int8')
        .env(environmentNameOf('precision'))
        .default('auto'),
    )
    .option('--json', 'one object a line')
    .action(run);

interface Options {
  readonly models: string;
  readonly precision: string;
  readonly json?: boolean;
}

const run = async ({ models, precision, json }: Options): Promise<void> => {
  const wanted = SETTINGS.precision.value.safeParse(precision);
  if (!wanted.success) throw new Failure(`--precision ${precision}: must be auto, fp32, fp16 or int8`, 2);
  const reports = await verifyPackages(models, wanted.data).catch((problem: unknown) => {
    throw new Failure(reasonOf(problem));
  });
  if (json) for (const report of reports) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    process.stdout.write(
      `${table([['model', 'version', 'labels', 'hop', 'variants', 'size', 'verified'], ...reports.map(rowOf)])}\n`,
    );
  if (reports.length === 0) throw new Failure(`${models} holds no model package`);
  const broken = reports.filter(({ problem }) => problem !== null);
  if (broken.length > 0) throw new Failure(`${broken.length} of ${reports.length} packages are broken`);
};

const rowOf = ({ name, version, labels, hopMs, variants, megabytes, problem }: PackageReport): string[] => [
  name,
  version ?? '?',
  String(labels ?? '?'),
  hopMs === null ? '?' : `${hopMs} ms`,
  variants ?? '?',
  `${megabytes.toFixed(1)} MiB`,
  problem ?? 'yes',
];
