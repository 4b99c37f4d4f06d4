import { writeFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { Failure } from '../server/cli/failure.js';
import { reasonOf } from '../server/domain/reason.js';
import { loadCommand } from './flags.js';
import { Stage } from './generator/stage.js';
import { readVoices } from './generator/voices.js';
import { htmlOf } from './report/html.js';
import { endProgress, tellProgress } from './report/progress.js';
import { resultOf } from './report/result.js';
import { textOf } from './report/text.js';
import { EXIT_CODES } from './report/verdict.js';
import type { Scenario } from './scenarios/scenario.js';
import { startOwnServer, type OwnServer } from './server/own-server.js';
import type { Settings } from './settings.js';

const WRONG_USAGE = 2;

const run = async (scenario: Scenario, settings: Settings): Promise<void> => {
  const voices = await readVoices(settings.audio, settings.seed);
  const server = await serverFor(scenario, settings);
  try {
    const progress = tellProgress(process.stderr);
    const stage = new Stage({ addresses: server, voices, threads: settings.threads, progress });
    const result = resultOf(scenario, await scenario.run(stage, settings), settings);
    endProgress(process.stderr);
    // First, so that a file that cannot be written does not cost the result of the whole run.
    process.stdout.write(textOf(result));
    process.exitCode = EXIT_CODES[result.verdict];
    if (settings.json !== null) await writeFile(settings.json, `${JSON.stringify(result, null, 2)}\n`);
    if (settings.report !== null) await writeFile(settings.report, htmlOf(result));
  } finally {
    await server.stop();
  }
};

const serverFor = async (
  { name, isOfFreshServer }: Scenario,
  { url, grpcUrl, models, serverFlags }: Settings,
): Promise<OwnServer> => {
  if (url === null && grpcUrl !== null)
    throw new Failure(`--grpc-url ${grpcUrl} is for a server that runs already: give its --url, too`, 2);
  if (url === null) return startOwnServer([...(models === null ? [] : ['--models', models]), ...serverFlags]);
  if (models !== null || serverFlags.length > 0)
    throw new Failure('--models and server flags are for a server that is started here: leave them or --url out', 2);
  if (isOfFreshServer)
    throw new Failure(`--scenario ${name} is about a server that has just started: leave --url out`, 2);
  return { url, grpcUrl: grpcUrl ?? `${new URL(url).hostname}:50051`, stop: () => Promise.resolve() };
};

const exitCodeOf = (problem: unknown): number => {
  if (problem instanceof CommanderError) return problem.exitCode === 0 ? 0 : WRONG_USAGE;
  process.stderr.write(`load: ${reasonOf(problem)}\n`);
  return problem instanceof Failure ? problem.exitCode : 1;
};

// A server that was started here is in a process group of its own, so signals do not reach it; it is killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await loadCommand(run).exitOverride().parseAsync();
} catch (problem) {
  process.exitCode = exitCodeOf(problem);
}
