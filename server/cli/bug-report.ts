import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, homedir, hostname, platform, release, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SETTINGS, type Config } from '../config.js';
import { reasonOf } from '../domain/reason.js';
import { cpuQuota } from '../inference/usable-cores.js';
import { usableMemory } from '../usable-memory.js';
import { ask } from './ask.js';
import type { Finding } from './doctor-command.js';
import { Failure } from './failure.js';
import { openFilesLimit } from './open-files.js';
import { codeOf } from './unreached.js';
import { VERSION } from './version.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const ANSWER_TIMEOUT_MS = 3_000;

/**
 * Writes what a bug report needs as one JSON file, without audio, secrets, or names of persons, machines or folders. Throws
 * Failure where the file cannot be written or already exists.
 */
export const writeBugReport = async (file: string, config: Config, findings: readonly Finding[]): Promise<void> => {
  const report = {
    madeAt: new Date().toISOString(),
    versions: { earshot: VERSION, node: process.version, 'onnxruntime-node': versionOf('onnxruntime-node') },
    machine: machine(),
    settings: Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, shown(key as keyof Config, config)])),
    findings,
    running: await running(config),
  };
  try {
    writeFileSync(file, `${withoutNames(JSON.stringify(report, null, 2), config)}\n`, { flag: 'wx' });
  } catch (problem) {
    throw new Failure(`the bug report was not written: ${reasonOf(problem)}`, 2);
  }
};

const versionOf = (name: string): string =>
  (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;

const machine = (): object => ({
  platform: `${platform()} ${release()} ${arch()}`,
  cores: availableParallelism(),
  cpuQuota: cpuQuota(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryMiB: Math.round(usableMemory() / 2 ** 20),
  openFiles: openFilesLimit(),
});

/** The value of a setting that is a number, a switch or a word of a closed list; of other settings only whether it was set. */
const shown = (key: keyof Config, config: Config): unknown => {
  const value = config[key];
  const { value: schema } = SETTINGS[key];
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (schema instanceof z.ZodDefault && schema.unwrap() instanceof z.ZodEnum) return value;
  const preset: unknown = schema.safeParse(undefined).data;
  return JSON.stringify(value) === JSON.stringify(preset) ? 'as by default' : 'set';
};

/** The readiness and the metrics of a server on the configured port, or why none answers. */
const running = async (config: Config): Promise<object | string> => {
  const answers: Record<string, string> = {};
  for (const path of ['/readyz', '/metrics']) {
    // Only the error's code: its message contains an address.
    const answer = await ask(config, path, ANSWER_TIMEOUT_MS).catch(
      (problem: unknown) => codeOf(problem) || 'no reason',
    );
    if (typeof answer === 'string') return `no server answers on port ${config.port}: ${answer}`;
    answers[path] = answer.status === 401 ? 'asks for credentials: not read' : answer.text;
  }
  return answers;
};

/** Replaces names of people, machines and folders, which the paths in errors contain. */
const withoutNames = (text: string, config: Config): string =>
  [
    ...namesIn(config),
    [ROOT, '<earshot>'],
    [ifKnown(homedir), '<home>'],
    [process.cwd(), '<folder>'],
    [hostname(), '<host>'],
    [ifKnown(() => userInfo().username), '<user>'],
  ]
    .filter(([name]) => name!.length > 2)
    .reduce(
      (left, [name, mark]) => left.replaceAll(new RegExp(`(?<![\\w-])${escaped(inJson(name!))}(?![\\w-])`, 'g'), mark!),
      text,
    );

/** Empty where the system does not know the user, as in a container that runs under a number without a name. */
const ifKnown = (name: () => string): string => {
  try {
    return name();
  } catch {
    return '';
  }
};

/** As it stands between the quotes of a JSON string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Values of settings that errors may quote, each with its replacement; longest first, because one path may contain another. */
const namesIn = (config: Config): string[][] =>
  NAMING.filter((key) => key === 'models' || shown(key, config) === 'set')
    .map((key) => [config[key] ?? '', `<${key}>`])
    .sort(([one], [other]) => other!.length - one!.length);

const NAMING = ['host', 'models', 'defaultModel', 'keysFile', 'jwtJwks', 'tlsCert', 'tlsKey', 'tlsClientCa'] as const;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
