import { isIPv6 } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isLoopbackName } from './access/origin-rule.js';
import { ACCESS_SETTINGS, asksCallers, missingBeside } from './access-settings.js';
import { LOG_LEVELS } from './operations/logger.js';
import { isOn, numeric, setting, whole } from './setting.js';
import { unknownSettings } from './unknown-settings.js';

const BUNDLED_MODELS = fileURLToPath(new URL('../../models', import.meta.url));

const SHARE = 'must be a number from 0 to 1';

/** Every setting of `earshot serve`. The flag `--some-name` can also be set as `EARSHOT_SOME_NAME`; flags win. */
export const SETTINGS = {
  host: setting('--host <address>', 'address to listen on', z.string().min(1).default('127.0.0.1')),
  port: setting('--port <n>', 'HTTP and WebSocket port; 0 picks a free one', whole(0, 65_535).default(8080)),
  grpcPort: setting('--grpc-port <n>', 'gRPC port; 0 picks a free one', whole(0, 65_535).default(50_051)),
  allowUnauthenticated: setting(
    '--allow-unauthenticated',
    'listen beyond loopback although anybody may then connect',
    isOn.default(false),
  ),
  ...ACCESS_SETTINGS,
  models: setting('--models <folder>', 'folder of model packages', z.string().min(1).default(BUNDLED_MODELS)),
  defaultModel: setting(
    '--default-model <name>',
    'model of streams that name none (default: the first by name)',
    z.string().min(1).nullable().default(null),
  ),
  provider: setting(
    '--provider <name>',
    'auto, cpu, webgpu or cuda',
    z.enum(['auto', 'cpu', 'webgpu', 'cuda']).default('auto'),
  ),
  precision: setting(
    '--precision <name>',
    'auto (the first variant that a model has for the provider), fp32, fp16 or int8',
    z.enum(['auto', 'fp32', 'fp16', 'int8']).default('auto'),
  ),
  workers: setting(
    '--workers <n>',
    'inference workers (default: one for each core that a CPU quota leaves, one on a GPU)',
    whole(1, 256).nullable().default(null),
  ),
  threads: setting('--threads <n>', 'threads of one worker: see earshot doctor --tune', whole(1, 256).default(1)),
  isolation: setting(
    '--isolation <kind>',
    'workers are threads, or processes that survive native crashes',
    z.enum(['thread', 'process']).default('thread'),
  ),
  runTimeoutMs: setting(
    '--run-timeout-ms <n>',
    'a worker that has not answered a micro-batch by then is replaced; a thread, only when it ends by itself',
    whole(100, 3_600_000).default(30_000),
  ),
  maxBatch: setting(
    '--max-batch <n>',
    'most frames in a micro-batch (default: suits the provider)',
    whole(1, 1024).nullable().default(null),
  ),
  queueLimit: setting(
    '--queue-limit <n>',
    'frames that may wait for a worker before more are shed',
    whole(1, 1_000_000).default(1024),
  ),
  maxSessions: setting('--max-sessions <n>', 'streams that may be open at a time', whole(1, 1_000_000).default(10_000)),
  maxPending: setting(
    '--max-pending <n>',
    'connections that may be without a start at a time; beyond them the one that waits longest has to go',
    whole(1, 1_000_000).default(1_024),
  ),
  maxMemoryMb: setting(
    '--max-memory-mb <n>',
    'resident memory, in MiB, beyond which no stream more is taken (default: 90 % of the machine or container)',
    whole(1, 16_777_216).nullable().default(null),
  ),
  maxStreamMs: setting(
    '--max-stream-ms <n>',
    'a stream that has been open for so long is ended, after a warning (default: a day)',
    whole(1_000, 2_147_483_647).default(86_400_000),
  ),
  startTimeoutMs: setting(
    '--start-timeout-ms <n>',
    'a connection that has not finished its handshake, or then not said start, by then is closed',
    whole(100, 600_000).default(5_000),
  ),
  idleTimeoutMs: setting(
    '--idle-timeout-ms <n>',
    'a stream without audio or keepalive for so long is closed',
    whole(100, 3_600_000).default(30_000),
  ),
  requestTimeoutMs: setting(
    '--request-timeout-ms <n>',
    'an HTTP request that has not come whole by then is refused',
    whole(100, 3_600_000).default(60_000),
  ),
  pingIntervalMs: setting(
    '--ping-interval-ms <n>',
    'how often a peer is pinged; one of whom nothing has come since the ping before is lost',
    whole(100, 3_600_000).default(10_000),
  ),
  resumeWindowMs: setting(
    '--resume-window-ms <n>',
    'for so long a stream whose connection was lost can be resumed; 0 keeps none',
    whole(0, 600_000).default(30_000),
  ),
  drainGraceMs: setting(
    '--drain-grace-ms <n>',
    'how long streams may go on after SIGTERM',
    whole(0, 3_600_000).default(5_000),
  ),
  otlpEndpoint: setting(
    '--otlp-endpoint <url>',
    'where traces are sent by OTLP/HTTP, such as http://127.0.0.1:4318; none are made without it',
    z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
  ),
  traceFrames: setting(
    '--trace-frames <share>',
    'share of the frames of a traced stream that have spans of their own, 0 to 1',
    numeric(z.number(SHARE).min(0, SHARE).max(1, SHARE)).default(0.01),
  ),
  logLevel: setting(
    '--log-level <level>',
    `${LOG_LEVELS.join(', ')}; SIGUSR2 switches to debug and back`,
    z.enum(LOG_LEVELS).default('info'),
  ),
} as const;

type Settings = typeof SETTINGS;
export type Config = { readonly [Key in keyof Settings]: z.output<Settings[Key]['value']> };

export type ConfigResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problem: string };

/** `host:port` as URLs and gRPC write it: an IPv6 address is put in brackets. */
export const addressOf = (host: string, port: number): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** The environment variable of a setting: `maxBatch` → `EARSHOT_MAX_BATCH`. */
export const environmentNameOf = (key: string): string =>
  `EARSHOT_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Reads each setting from the flags (by camelCase key), else the environment, else its default; or says what is wrong. */
export const readConfig = (flags: Readonly<Record<string, unknown>>, environment = process.env): ConfigResult => {
  const values: Record<string, unknown> = {};
  for (const [key, { value, flag }] of Object.entries(SETTINGS)) {
    const name = environmentNameOf(key);
    const given = flags[key] ?? environment[name];
    const parsed = value.safeParse(given);
    if (!parsed.success) {
      const source = flags[key] === undefined || flag === null ? name : (flag.split(' ')[0] ?? flag);
      // A setting without a flag is secret: its value is not shown.
      const shown = flag === null ? '' : ` ${JSON.stringify(given)}`;
      return { ok: false, problem: `${source}${shown}: ${parsed.error.issues[0]?.message ?? 'not valid'}` };
    }
    values[key] = parsed.data;
  }
  return checked(values as unknown as Config);
};

/** A sentence about each environment variable that looks like a setting but is not one. */
export const ignoredVariables = (environment = process.env): string[] =>
  unknownSettings(environment, Object.keys(SETTINGS).map(environmentNameOf));

const checked = (config: Config): ConfigResult => {
  const problem = missingBeside(config) ?? samePort(config) ?? exposure(config);
  return problem === null ? { ok: true, config } : { ok: false, problem };
};

const samePort = ({ port, grpcPort }: Config): string | null =>
  port !== 0 && port === grpcPort ? `--port and --grpc-port are both ${port}: HTTP and gRPC need a port each` : null;

/** Why the server refuses to listen on the configured host; null where it may listen. */
const exposure = (config: Config): string | null =>
  isLoopbackName(config.host) || config.allowUnauthenticated || asksCallers(config)
    ? null
    : `--host ${config.host} is reachable from other machines and no authentication is configured: anybody could connect. ` +
      'Make API keys ("earshot keys create", --keys-file), accept JWTs (--jwt-issuer, --jwt-audience, --jwt-jwks) or client certificates (--tls-client-ca); ' +
      'or listen on 127.0.0.1 behind a proxy that authenticates; or say --allow-unauthenticated (EARSHOT_ALLOW_UNAUTHENTICATED=true)';
