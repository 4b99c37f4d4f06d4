import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ENCODINGS } from '../proto/wire.js';
import { TRANSPORTS } from './generator/plan.js';
import { SCENARIOS } from './scenarios/all.js';
import type { Scenario } from './scenarios/scenario.js';
import type { Settings } from './settings.js';

const SAMPLES = fileURLToPath(new URL('../../samples', import.meta.url));

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`give a whole number of ${least}–${most}.`);
    return value;
  };

const seconds =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= 86_400))
      throw new InvalidArgumentError(`give seconds, ${least}–86400.`);
    return value;
  };

const milliseconds = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 600_000))
    throw new InvalidArgumentError('give milliseconds, above 0 and up to 600000.');
  return value;
};

const webSocketUrl = (text: string): string => {
  if (!/^wss?:\/\/[^/]+\/?$/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('give ws://host:port.');
  return text.replace(/\/$/, '');
};

const presetsOf = (key: keyof Scenario['presets']): string =>
  SCENARIOS.map(({ name, presets }) => `${name} ${presets[key]}`).join(', ');

/** The values of flags that were left out and have no default of their own. */
const LEFT_OUT = { hop: null, model: null, models: null, url: null, grpcUrl: null, json: null, report: null };

const ABOUT = `Virtual callers at speaking speed against an Earshot server: latency from a frame's last sample to its event.

Scenarios:
${SCENARIOS.map(({ name, question }) => `  ${name.padEnd(13)} ${question}`).join('\n')}

Without --url a server of its own is started on the CPU; flags after -- are given to it.
Exit codes: 0 every target held, 1 a target was missed or the test could not be run, 2 wrong usage, 3 the generator itself was too slow.`;

/** The command with all its flags; it calls `run` with the scenario and the settings that they select. */
export const loadCommand = (run: (scenario: Scenario, settings: Settings) => Promise<void>): Command =>
  describeTarget(describeLoad(new Command('load').description(ABOUT)))
    .argument('[serverFlags...]', 'after --: flags of the server that is started')
    .showHelpAfterError('(add --help for what is possible)')
    .action(async (serverFlags: string[], flags: Record<string, unknown>) => {
      const scenario = SCENARIOS.find(({ name }) => name === flags.scenario)!;
      await run(scenario, { ...scenario.presets, ...LEFT_OUT, ...flags, serverFlags } as unknown as Settings);
    });

const describeLoad = (command: Command): Command =>
  command
    .addOption(
      new Option('--scenario <name>', 'the question to answer')
        .choices(SCENARIOS.map(({ name }) => name))
        .default('steady'),
    )
    .option('--streams <n>', `virtual callers (${presetsOf('streams')})`, whole(1, 1_000_000))
    .option('--speakers <n>', 'callers beside those who disturb them, where a scenario has such', whole(1, 100_000), 20)
    .option('--ramp <s>', `seconds over which they begin (${presetsOf('ramp')})`, seconds(0))
    // In less than a second there may be no frame, which would pass for a server that does not answer.
    .option('--duration <s>', `seconds that are measured (${presetsOf('duration')})`, seconds(1))
    .option('--hop <ms>', "milliseconds between frames (default: the model's)", whole(100, 1000))
    .addOption(new Option('--transport <name>', 'how callers speak').choices(TRANSPORTS).default('ws'))
    .addOption(new Option('--encoding <name>', 'of their audio').choices(ENCODINGS).default('mulaw'))
    .option('--chunk-ms <ms>', 'audio in a message', whole(10, 1000), 20)
    .option('--top-k <n>', 'scores an intent carries', whole(1, 100), 5)
    .option('--model <name>', "model to ask (default: the server's)")
    .option('--audio <folder>', 'WAV files to speak', SAMPLES)
    .option('--seed <n>', 'of everything random', whole(0, 2 ** 31), 1);

const describeTarget = (command: Command): Command =>
  command
    .option('--p99 <ms>', "target: 99th percentile from a frame's last sample to its event", milliseconds, 250)
    .option('--max-lag <ms>', 'p99 of its own lag beyond which the generator blames itself', milliseconds, 25)
    .option('--url <address>', 'WebSocket address of a server that runs already', webSocketUrl)
    .option('--grpc-url <address>', 'gRPC address of that server (default: port 50051 of the same host)')
    .option('--models <folder>', 'model packages of the server that is started (default: the bundled one)')
    .option('--threads <n>', 'threads of callers', whole(1, 256), Math.max(1, availableParallelism() >> 1))
    .option('--json <file>', 'write the result as JSON')
    .option('--report <file>', 'write the result as one HTML page');
