import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { digestOf, newApiKey } from '../access/api-key.js';
import { changeKeyFile, keySchema, newKeyId, readKeyFile, shownOf, type StoredKey } from '../access/key-file.js';
import { sayIssue } from '../access/say-issue.js';
import { reasonOf } from '../domain/reason.js';
import { Failure } from './failure.js';
import { table } from './table.js';

interface CreateFlags {
  readonly file: string;
  readonly models?: string[];
  readonly maxStreams?: number;
  readonly audioSecondsPerHour?: number;
  readonly origins?: string[];
  readonly metrics?: true;
  readonly expires?: string;
}

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('it is no whole number');
  return Number(text);
};
const list = (text: string): string[] => text.split(',').map((part) => part.trim());
/** Date.parse also takes `5`, for a day of 2001, and 31 February. */
const DATE = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);
const instant = (text: string): string => {
  if (!DATE.safeParse(text).success)
    throw new InvalidArgumentError('it is no date like 2027-01-31 or 2027-01-31T18:00:00Z');
  const at = new Date(text);
  if (at.getTime() <= Date.now()) throw new InvalidArgumentError('it is over: the key would never be worth anything');
  return at.toISOString();
};
const fileOption = () => new Option('--file <path>', 'file of the keys').env('EARSHOT_KEYS_FILE').makeOptionMandatory();

export const keysCommand = (): Command => {
  const command = new Command('keys').description('API keys of a server: make, list and revoke them');
  command
    .command('create')
    .description('make a key and show it, once; the file keeps only its hash')
    .argument('<name>', 'whose key it is; keys of one name share its limits, so that one can replace another')
    .addOption(fileOption())
    .option('--models <list>', 'models that it may use, comma-separated (default: all)', list)
    .option('--max-streams <n>', 'streams that it may have open at a time (default: no limit)', whole)
    .option('--audio-seconds-per-hour <n>', 'audio that it may send within an hour (default: no limit)', whole)
    .option('--origins <list>', "the only pages that may use it, comma-separated (default: the server's choice)", list)
    .option('--metrics', 'it may read /metrics')
    .option('--expires <date>', 'from then on it is worth nothing (default: never)', instant)
    .action(create);
  command
    .command('list')
    .description('list the keys of a file, without the keys themselves')
    .addOption(fileOption())
    .option('--json', 'one object a line')
    .action(show);
  command
    .command('revoke')
    .description('take keys out of a file; a running server sees it within a second')
    .argument('<id...>', 'ids, as "list" shows them')
    .addOption(fileOption())
    .action(revoke);
  for (const part of command.commands) part.exitOverride();
  return command;
};

const create = async (name: string, flags: CreateFlags): Promise<void> => {
  const key = newApiKey();
  const { models, maxStreams, audioSecondsPerHour, origins, metrics, expires } = flags;
  const made = keySchema.safeParse({
    id: newKeyId(),
    name,
    sha256: digestOf(key).toString('hex'),
    created: new Date().toISOString(),
    expires,
    models,
    max_streams: maxStreams,
    audio_seconds_per_hour: audioSecondsPerHour,
    origins,
    metrics,
  });
  if (!made.success) throw new Failure(sayIssue(made.error), 2);
  await change(flags.file, (keys) => [...keys, made.data]);
  process.stderr.write(`key ${made.data.id} of ${name}, shown this once:\n`);
  process.stdout.write(`${key}\n`);
};

const show = ({ file, json }: { file: string; json?: true }): void => {
  const keys = read(file).map(shownOf);
  if (json) for (const key of keys) process.stdout.write(`${JSON.stringify(key)}\n`);
  else process.stdout.write(`${table([HEADING, ...keys.map(rowOf)])}\n`);
};

const HEADING = ['id', 'name', 'created', 'expires', 'models', 'streams', 'audio s/h', 'origins', 'metrics'];

const rowOf = (key: Omit<StoredKey, 'sha256'>): string[] => [
  key.id,
  key.name,
  key.created.slice(0, 10),
  key.expires?.slice(0, 10) ?? 'never',
  key.models?.join(',') ?? 'all',
  String(key.max_streams ?? 'no limit'),
  String(key.audio_seconds_per_hour ?? 'no limit'),
  key.origins?.join(',') ?? "the server's",
  key.metrics ? 'yes' : 'no',
];

const revoke = async (ids: string[], { file }: { file: string }): Promise<void> => {
  await change(file, (keys) => {
    const unknown = ids.filter((id) => !keys.some((key) => key.id === id));
    if (unknown.length > 0) throw new Failure(`${file} has no key ${unknown.join(', ')}`);
    return keys.filter(({ id }) => !ids.includes(id));
  });
  process.stderr.write(`${ids.length} revoked; what is open with them goes on until it ends\n`);
};

const read = (file: string): readonly StoredKey[] => {
  try {
    return readKeyFile(file);
  } catch (problem) {
    throw new Failure(reasonOf(problem));
  }
};

const change = (file: string, by: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> =>
  changeKeyFile(file, by).catch((problem: unknown) => {
    throw problem instanceof Failure ? problem : new Failure(`the keys were not written: ${reasonOf(problem)}`);
  });
