import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { isLoopbackName } from '../access/origin-rule.js';
import { environmentNameOf, ignoredVariables, readConfig, SETTINGS, type Config } from '../config.js';
import type { Log } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import { startServer, type RunningServer } from '../main.js';
import { createLogger } from '../operations/logger.js';
import { Failure } from './failure.js';
import { openFilesLimit } from './open-files.js';
import { Signals } from './signals.js';
import { VERSION } from './version.js';

export const serveCommand = (): Command => {
  const command = new Command('serve').description('start the server');
  const inEnvironment = ['', 'Only in the environment, since a command line is seen by every user of the machine:'];
  for (const [key, { flag, about, value }] of Object.entries(SETTINGS)) {
    const preset = value.safeParse(undefined).data;
    const shown = isShown(preset) ? `, default ${String(preset)}` : '';
    if (flag === null) inEnvironment.push(`  ${environmentNameOf(key)}  ${about}`);
    else command.option(flag, `${about} (${environmentNameOf(key)}${shown})`);
  }
  command.addHelpText('after', inEnvironment.join('\n'));
  return command.action(async (flags: Record<string, unknown>) => {
    const read = readConfig(flags);
    if (!read.ok) throw new Failure(read.problem, 2);
    await serve(read.config);
  });
};

const isShown = (preset: unknown): preset is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof preset);

/**
 * Lets the heap grow to four times its size before V8 marks it again. By default V8 waits for 8 MB more, and counts the chunks that callers sent,
 * although those are freed without marking: a busy server would mark its whole heap three times a second, for nothing.
 */
export const COLLECT_LATER = '--heap-growing-percent=300';

const serve = async (config: Config): Promise<void> => {
  setFlagsFromString(COLLECT_LATER);
  const log = createLogger(config.logLevel);
  for (const sentence of ignoredVariables()) log.warn({}, sentence);
  // The server works even where its banner cannot be written.
  process.stdout.on('error', () => undefined);
  const signals = new Signals(config, log);
  const server = await startServer(config, log).catch((problem: unknown) => {
    log.debug({ err: problem }, 'the server could not start');
    throw new Failure(startProblem(problem, config));
  });
  if (isClear(config)) log.warn({}, 'credentials and audio travel in the clear: use --tls-cert, or a proxy that does');
  warnOfFewFiles(config, log);
  if (signals.started(server)) process.stdout.write(banner(server));
};

/** Files that may be open besides sockets of streams: models, workers, the page, and what Node itself keeps open. */
const OTHER_FILES = 100;

const warnOfFewFiles = ({ maxSessions }: Config, log: Log): void => {
  const limit = openFilesLimit();
  if (limit !== null && limit < maxSessions + OTHER_FILES)
    log.warn(
      { limit, maxSessions },
      'fewer files may be open than streams: raise "ulimit -n", or lower --max-sessions',
    );
};

/** Whether audio and credentials leave the machine unencrypted. */
const isClear = ({ host, tlsCert }: Config): boolean => tlsCert === null && !isLoopbackName(host);

/** Says why the server could not start, with advice where the system's own message has none. */
const startProblem = (problem: unknown, { host, port, grpcPort }: Config): string => {
  const sentence = reasonOf(problem);
  if (!/EADDRINUSE|No address added/.test(sentence)) return sentence;
  return `${sentence}: is another server running on ${host}:${port} or :${grpcPort}? Choose others with --port and --grpc-port (0 picks a free one)`;
};

const banner = ({ httpUrl, grpcAddress, models, workers }: RunningServer): string => {
  const served = models.map(
    ({ card, provider, precision }) => `${card.name} ${card.version} on ${provider} (${precision})`,
  );
  const lines = [
    `Earshot ${VERSION} is listening`,
    '',
    `  page        ${httpUrl}/`,
    `  WebSocket   ${httpUrl.replace('http', 'ws')}/v1/stream`,
    `  gRPC        ${grpcAddress}`,
    ...served.map((model, index) => `  ${index === 0 ? 'model      ' : '           '} ${model}`),
    `  workers     ${workers}`,
    '',
    'Try next, in another terminal:',
    `  npx earshot stream samples/freeze-card-8k-mulaw.wav${addressFlag(httpUrl)}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
};

const addressFlag = (httpUrl: string): string =>
  httpUrl === 'http://127.0.0.1:8080' ? '' : ` --url ${httpUrl.replace('http', 'ws')}`;
