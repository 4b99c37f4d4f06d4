import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { InferenceObserver } from '../inference/inference-observer.js';
import type { SessionObserver } from '../session/session-context.js';
import { observeEventLoop } from './event-loop-metric.js';
import { frameCounter, inferenceObserver } from './inference-metrics.js';
import { SECONDS } from './seconds.js';

/** The values that the gauges read at every scrape. */
export interface Gauged {
  readonly sessions: () => number;
  readonly lostSessions: () => number;
  readonly queueDepth: () => number;
  readonly workers: () => number;
  readonly healthyWorkers: () => number;
  /** Sets of models that were replaced and still serve streams. */
  readonly retiring: () => number;
  readonly models: () => readonly { readonly name: string; readonly version: string; readonly provider: string }[];
}

/** All metrics of the server, and their Prometheus text. */
export interface Metrics {
  readonly sessions: SessionObserver;
  readonly inference: InferenceObserver;
  readonly reloaded: (outcome: 'loaded' | 'refused') => void;
  readonly spansDropped: (spans: number) => void;
  /** Registers the gauges, once there is something to read. */
  watch(gauged: Gauged): void;
  readonly contentType: string;
  text(): Promise<string>;
  /** Stops the measurement of the event loop. */
  close(): void;
}

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const close = observeEventLoop(registry);
  const frames = frameCounter(registry);
  const reloads = reloadCounter(registry);
  let served: Gauged['models'] = () => [];
  const expectServed = (): void => {
    for (const { name } of served()) frames.expect(name);
  };
  return {
    sessions: sessionObserver(registry),
    inference: inferenceObserver(registry, frames),
    reloaded: (outcome) => {
      reloads(outcome);
      expectServed();
    },
    spansDropped: spanCounter(registry),
    watch: (gauged) => {
      served = gauged.models;
      expectServed();
      registerGauges(registry, gauged);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
    close,
  };
};

/** Counters of these labels start at 0, so that the first event shows as an increase. */
const WIRES = ['ws-json', 'ws-proto', 'grpc'];
const TRANSPORTS = [...WIRES, 'http'];
const TURNED_AWAY = ['too_many_sessions', 'overloaded', 'draining', 'internal'];

/** Computed once: the wall clock may be set while the server runs. */
const STARTED_AT = Date.now() / 1000 - process.uptime();

const sessionObserver = (registry: Registry): SessionObserver => {
  const registers = [registry];
  const opened = new Counter({
    name: 'earshot_sessions_opened_total',
    help: 'Streams opened',
    labelNames: ['transport'],
    registers,
  });
  const turnedAway = new Counter({
    name: 'earshot_callers_turned_away_total',
    help: 'Callers who were not let in, by error code',
    labelNames: ['transport', 'code'],
    registers,
  });
  const ended = new Counter({
    name: 'earshot_sessions_ended_total',
    help: 'Streams ended, by how',
    labelNames: ['transport', 'how'],
    registers,
  });
  const events = new Counter({
    name: 'earshot_events_total',
    help: 'Events announced',
    labelNames: ['kind'],
    registers,
  });
  const latency = new Histogram({
    name: 'earshot_latency_seconds',
    help: "From the arrival of a frame's last sample to its event, of callers that do not send faster than speech",
    buckets: SECONDS,
    registers,
  });
  for (const transport of TRANSPORTS) for (const code of TURNED_AWAY) turnedAway.inc({ transport, code }, 0);
  for (const transport of WIRES) for (const how of ['internal', 'overloaded']) ended.inc({ transport, how }, 0);
  return {
    turnedAway: (transport, code) => turnedAway.inc({ transport, code }),
    sessionOpened: (transport) => opened.inc({ transport }),
    sessionEnded: (transport, how) => ended.inc({ transport, how }),
    ...audioObserver(registers),
    announced: (event) => {
      events.inc({ kind: event.kind === 'intent' ? event.status : event.kind });
      if (event.kind === 'intent' && !event.latency.isAhead) latency.observe(event.latency.total / 1000);
    },
  };
};

const audioObserver = (
  registers: Registry[],
): Pick<SessionObserver, 'audioReceived' | 'silencePassedOver' | 'tentativeLeftOut'> => {
  const audio = new Counter({
    name: 'earshot_audio_seconds_total',
    help: 'Seconds of audio received, per stream or recording, not per channel',
    registers,
  });
  const silence = new Counter({
    name: 'earshot_silent_frames_total',
    help: 'Frames of silence between utterances, which no model was given',
    registers,
  });
  const leftOut = new Counter({
    name: 'earshot_tentative_left_out_total',
    help: 'Tentative intents not sent because their reader was slow',
    registers,
  });
  return {
    audioReceived: (seconds) => audio.inc(seconds),
    silencePassedOver: (frames) => silence.inc(frames),
    tentativeLeftOut: () => leftOut.inc(),
  };
};

const spanCounter = (registry: Registry): Metrics['spansDropped'] => {
  const dropped = new Counter({
    name: 'earshot_spans_dropped_total',
    help: 'Spans that could not be sent to --otlp-endpoint',
    registers: [registry],
  });
  return (spans) => dropped.inc(spans);
};

const reloadCounter = (registry: Registry): Metrics['reloaded'] => {
  const reloads = new Counter({
    name: 'earshot_model_reloads_total',
    help: 'Reloads of the model packages, by outcome: loaded, or refused and the models before kept',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['loaded', 'refused']) reloads.inc({ outcome }, 0);
  return (outcome) => reloads.inc({ outcome });
};

const registerGauges = (registry: Registry, gauged: Gauged): void => {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('earshot_sessions', 'Streams open now', gauged.sessions);
  gauge('earshot_sessions_lost', 'Streams that wait for a caller whose connection was lost', gauged.lostSessions);
  gauge('earshot_queue_frames', 'Frames waiting for a worker now', gauged.queueDepth);
  gauge('earshot_models_retiring', 'Sets of models that were replaced and still serve streams', gauged.retiring);
  gauge('earshot_workers', 'Inference workers there should be', gauged.workers);
  gauge('earshot_workers_healthy', 'Inference workers that can take a batch now', gauged.healthyWorkers);
  gauge('earshot_resident_memory_bytes', 'Resident memory of the main process', () => process.memoryUsage.rss());
  gauge('earshot_start_time_seconds', 'When the process started, in seconds since 1970', () => STARTED_AT);
  gauge('earshot_cpu_seconds', 'CPU time of the process so far, threads included', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  new Gauge({
    name: 'earshot_model_info',
    help: 'Models served',
    labelNames: ['model', 'version', 'provider'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, version, provider } of gauged.models()) this.set({ model: name, version, provider }, 1);
    },
  });
};
