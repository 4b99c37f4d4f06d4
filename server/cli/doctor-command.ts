import { cpus } from 'node:os';
import { Command } from 'commander';
import { readConfig, type Config } from '../config.js';
import { reasonOf } from '../domain/reason.js';
import { loadModelPackages } from '../inference/model-package.js';
import { requireProvider } from '../inference/provider-choice.js';
import { probeProvider } from '../inference/provider-probe.js';
import { usableCores } from '../inference/usable-cores.js';
import { usableMemory } from '../usable-memory.js';
import { writeBugReport } from './bug-report.js';
import { Failure } from './failure.js';
import { ports } from './port-report.js';
import { verifyPackages } from './package-report.js';
import { settings } from './settings-report.js';
import { tune } from './tune.js';

/** The result of one check. `needed`: `earshot serve` cannot do without it with the current settings. */
export interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly needed: boolean;
  readonly detail: string;
}

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('look at everything that a server needs on this machine')
    .option('--json', 'one object a line')
    .option(
      '--tune',
      'measure how workers, threads and batches are best laid out, and how many streams this machine holds',
    )
    .option(
      '--bundle <file>',
      'write a bug report too: versions, settings, findings, metrics of a running server; no audio, secret or name',
    )
    .action(run);

interface Flags {
  readonly json?: boolean;
  readonly tune?: boolean;
  readonly bundle?: string;
}

const run = async ({ json, tune: tunes, bundle }: Flags): Promise<void> => {
  if (tunes && json) throw new Failure('--tune prints tables: leave --json or --tune out', 2);
  const read = readConfig({});
  if (!read.ok) throw new Failure(read.problem, 2);
  const { config } = read;
  if (tunes && bundle === undefined) return tune(config);
  // Where it fails, the report is wanted all the more.
  const untuned = tunes ? await tune(config).catch((problem: unknown) => problem) : null;
  const findings = await lookAround(config, json ? JSON.stringify : lineOf);
  if (bundle !== undefined) await writeBugReport(bundle, config, findings);
  if (untuned instanceof Error) throw untuned;
  const broken = findings.filter(({ needed, ok }) => needed && !ok).length;
  if (broken > 0) throw new Failure(`${broken} of the things that a server needs are not right`);
};

/** Makes every check, and prints each finding as soon as it is known. */
const lookAround = async (config: Config, shown: (finding: Finding) => string): Promise<Finding[]> => {
  const findings: Finding[] = [];
  for (const look of [machine, packages, settings, providers, ports])
    for (const finding of await look(config)) {
      findings.push(finding);
      process.stdout.write(`${shown(finding)}\n`);
    }
  return findings;
};

const lineOf = ({ about, ok, needed, detail }: Finding): string =>
  `${ok ? '✓' : needed ? '✗' : '–'} ${about}: ${detail}`;

const machine = (): Finding[] => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isRecent = major > 20 || (major === 20 && minor >= 19);
  const { count, quota } = usableCores();
  const cores = `${count} ${count === 1 ? 'core' : 'cores'}`;
  const allowed = quota === null ? '' : ` (a CPU quota of ${quota}, on a machine with ${cpus().length})`;
  const memory = (usableMemory() / 2 ** 30).toFixed(0);
  return [
    {
      about: 'Node',
      ok: isRecent,
      needed: true,
      detail: `${process.version}${isRecent ? '' : ': 20.19 or later is needed'}`,
    },
    {
      about: 'machine',
      ok: true,
      needed: false,
      detail: `${process.platform} ${process.arch}, ${cores}${allowed}, ${memory} GiB of memory`,
    },
  ];
};

const packages = async ({ models, precision }: Config): Promise<Finding[]> => {
  const reports = await verifyPackages(models, precision).catch((problem: unknown) => reasonOf(problem));
  if (typeof reports === 'string') return [{ about: 'models', ok: false, needed: true, detail: reports }];
  if (reports.length === 0)
    return [{ about: 'models', ok: false, needed: true, detail: `${models} holds no model package` }];
  return reports.map(({ name, version, problem }) => ({
    about: `model ${name}`,
    ok: problem === null,
    needed: true,
    detail: problem ?? `${version ?? '?'}: checksums and golden vectors hold`,
  }));
};

const providers = async ({ models, precision, provider: requested }: Config): Promise<Finding[]> => {
  const found = await loadModelPackages(models).catch(() => []);
  if (found.length === 0) return [];
  const findings: Finding[] = [];
  for (const provider of ['cpu', 'webgpu', 'cuda'] as const) {
    const probe = () => probeProvider(found, { provider, precision });
    const detail = await (provider === requested ? requireProvider(provider, probe) : probe()).then(
      (frameMs) => ({ ok: true, detail: `loads; ${frameMs.toFixed(2)} ms a frame in a batch` }),
      (problem: unknown) => ({ ok: false, detail: reasonOf(problem) }),
    );
    findings.push({
      about: `provider ${provider}`,
      needed: provider === (requested === 'auto' ? 'cpu' : requested),
      ...detail,
    });
  }
  return findings;
};
