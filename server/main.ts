import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Certificates } from './access/certificates.js';
import { openAccess } from './access/open-access.js';
import { VERSION } from './cli/version.js';
import { addressOf, type Config } from './config.js';
import { milliseconds, type Milliseconds } from './domain/units.js';
import { startInference, type Inference, type InferenceOptions } from './inference/inference.js';
import type { InferenceObserver } from './inference/inference-observer.js';
import { loadModelPackages } from './inference/model-package.js';
import { watchPackages } from './inference/package-watch.js';
import { ModelGenerations } from './model-generations.js';
import { openTracing } from './operations/open-tracing.js';
import { createMetrics, type Metrics } from './operations/metrics.js';
import { Admission } from './session/admission.js';
import { systemClock } from './domain/clock.js';
import type { Log } from './domain/log.js';
import { Reception } from './session/reception.js';
import { ModelShelf, type ServedModel } from './session/served-model.js';
import type { SessionContext } from './session/session-context.js';
import { ToldReadiness } from './told-readiness.js';
import type { ConnectionLimits } from './transports/connection-limits.js';
import { serveGrpc, type GrpcServer } from './transports/grpc/grpc-server.js';
import { createHttpServer } from './transports/http/http-server.js';
import type { Readiness } from './transports/http/readiness.js';
import { createOneShots, type OneShots } from './transports/one-shots.js';
import { serveWebSocket } from './transports/ws/ws-server.js';
import { usableMemory } from './usable-memory.js';

/** Frames of one channel that may be under way: while one runs, the next waits, so that no worker has to wait for it. */
const FRAMES_UNDER_WAY = 2;

/** Connections allowed besides those of streams: for health checks, scrapes, recordings and the page. */
const REQUEST_CONNECTIONS = 1_024;

export interface RunningServer {
  readonly httpUrl: string;
  readonly grpcAddress: string;
  readonly models: readonly ServedModel[];
  readonly workers: number;
  /** Loads the model packages again, for new streams; false, with the previous models kept, where one is not valid. */
  reload(): Promise<boolean>;
  /** Accepts nothing new, lets open streams finish within the configured grace period, then releases everything. */
  drain(): Promise<void>;
}

/** Starts everything and resolves when it is ready; rejects, with everything closed again, when any part cannot start. */
export const startServer = async (config: Config, log: Log): Promise<RunningServer> => {
  const metrics = createMetrics();
  const tracing = await openTracing(config, VERSION, { log, dropped: metrics.spansDropped });
  const context = { ...contextOf(config, metrics, log), tracing };
  const reception = new Reception(context);
  const started: { grpc?: GrpcServer } = {};
  const models = modelsOf(config, context, metrics, log);
  const certificates = Certificates.open(config, log);
  const { doorkeeper, close: closeAccess } = openAccess(config, log, () => systemClock.now());
  const oneShots = createOneShots(context, reception);
  const limits = connectionLimitsOf(config);
  const readiness = () => readinessOf(reception, models);
  const services = { readiness, reception, oneShots, metrics, log, doorkeeper, openMetrics: config.openMetrics };
  const http = createHttpServer(services, limits, certificates);
  serveWebSocket(http, services, limits);
  const close = async () => {
    await started.grpc?.close(LAST_ANSWERS_MS);
    await closeHttp(http);
    await models.close();
    await tracing?.close();
    closeAccess();
    certificates?.close();
    metrics.close();
  };
  try {
    const port = await listen(http, config);
    const doors = { doorkeeper, certificates, limits, log };
    started.grpc = await serveGrpc(addressOf(config.host, config.grpcPort), { reception, oneShots, ...doors });
    await models.start();
    watch(metrics, reception, models, context.models);
    reception.open();
    const telling = new ToldReadiness(started.grpc, readiness, systemClock);
    const drain = async () => {
      const gone = seeOut({ reception, oneShots, models }, milliseconds(config.drainGraceMs));
      telling.close();
      await gone.then(close);
    };
    return {
      httpUrl: `${certificates ? 'https' : 'http'}://${addressOf(config.host, port)}`,
      grpcAddress: addressOf(config.host, started.grpc.port),
      models: context.models.all,
      workers: models.health()?.workers ?? 0,
      reload: () => models.reload(),
      drain,
    };
  } catch (problem) {
    await close();
    throw problem;
  }
};

interface Leaving {
  readonly reception: Reception;
  readonly oneShots: OneShots;
  readonly models: ModelGenerations;
}

/** How long after the grace period the frames that streams sent before its end may still take. */
const LAST_FRAMES_MS = 5_000;

/** Ends streams and recordings within the grace period. Frames still waiting LAST_FRAMES_MS later are announced as gaps. */
const seeOut = async ({ reception, oneShots, models }: Leaving, grace: Milliseconds): Promise<void> => {
  models.keep();
  const late = systemClock.after(grace + LAST_FRAMES_MS, () => void models.close());
  await Promise.all([reception.drain(grace), oneShots.done(grace)]);
  late.cancel();
};

const contextOf = (config: Config, metrics: Metrics, log: Log): Omit<SessionContext, 'tracing'> => ({
  models: new ModelShelf(),
  admission: new Admission(systemClock, { used: () => process.memoryUsage.rss(), most: mostMemoryOf(config) }),
  limits: {
    startTimeout: milliseconds(config.startTimeoutMs),
    idleTimeout: milliseconds(config.idleTimeoutMs),
    maxStream: milliseconds(config.maxStreamMs),
    resumeWindow: milliseconds(config.resumeWindowMs),
  },
  maxFramesUnderWay: FRAMES_UNDER_WAY,
  maxSessions: config.maxSessions,
  maxPending: config.maxPending,
  clock: systemClock,
  observer: metrics.sessions,
  log,
});

/** Share of the memory that may be used before new streams are refused; the rest is for the streams already open. */
const MEMORY_SHARE = 0.9;

const mostMemoryOf = ({ maxMemoryMb }: Config): number =>
  maxMemoryMb === null ? MEMORY_SHARE * usableMemory() : maxMemoryMb * 2 ** 20;

const connectionLimitsOf = (config: Config): ConnectionLimits => ({
  handshakeTimeoutMs: config.startTimeoutMs,
  requestTimeoutMs: config.requestTimeoutMs,
  pingIntervalMs: config.pingIntervalMs,
  maxConnections: config.maxSessions + config.maxPending + REQUEST_CONNECTIONS,
});

const modelsOf = (
  config: Config,
  { models, admission }: SessionContext,
  metrics: Metrics,
  log: Log,
): ModelGenerations =>
  new ModelGenerations({
    load: (onExhausted) => load(config, { observer: observedBy(metrics.inference, admission), onExhausted, log }),
    watch: (changed) => watchPackages(config.models, changed),
    shelf: models,
    defaultModel: config.defaultModel,
    grace: milliseconds(config.drainGraceMs),
    reloaded: metrics.reloaded,
    log,
  });

const load = async (
  config: Config,
  told: Pick<InferenceOptions, 'observer' | 'onExhausted' | 'log'>,
): Promise<Inference> =>
  startInference({
    packages: await loadModelPackages(config.models),
    provider: config.provider,
    precision: config.precision,
    workers: config.workers,
    threads: config.threads,
    isolation: config.isolation,
    runTimeoutMs: config.runTimeoutMs,
    maxBatch: config.maxBatch,
    queueLimit: config.queueLimit,
    ...told,
  });

/** Passes everything on to the metrics, and tells admission how long frames of live callers waited. */
const observedBy = (metrics: InferenceObserver, admission: Admission): InferenceObserver => ({
  ...metrics,
  frameSettled: (frame) => {
    metrics.frameSettled(frame);
    if (frame.lagMs !== null) admission.frameWaited(frame.lagMs);
  },
});

const watch = (metrics: Metrics, reception: Reception, models: ModelGenerations, shelf: ModelShelf): void =>
  metrics.watch({
    sessions: () => reception.count,
    lostSessions: () => reception.lostCount,
    queueDepth: () => models.queueDepth,
    workers: () => models.health()?.workers ?? 0,
    healthyWorkers: () => models.health()?.healthy ?? 0,
    retiring: () => models.retiringCount,
    models: () => shelf.all.map(({ card, provider }) => ({ name: card.name, version: card.version, provider })),
  });

const readinessOf = (reception: Reception, models: ModelGenerations): Readiness => {
  if (reception.refusal?.code === 'draining') return { ready: false, reason: 'draining' };
  const health = models.health();
  if (health === null || reception.refusal?.code === 'overloaded')
    return { ready: false, reason: 'the models are being loaded' };
  if (health.healthy === 0) return { ready: false, reason: 'no inference worker is healthy' };
  return { ready: true };
};

const listen = (server: Server, { host, port }: Config): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/** How long clients may take to read the last answers before their connections are cut. */
const LAST_ANSWERS_MS = 1_000;

const closeHttp = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
