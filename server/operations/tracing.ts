import { context as otel, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Frame } from '../domain/frame.js';
import type { Outcome } from '../domain/outcome.js';
import { isErrorCode } from '../domain/error-code.js';
import type { StreamConfig, StreamTotals } from '../session/caller.js';
import type { StreamOrigin, StreamTrace, Tracing } from '../session/tracing.js';
import { boundedSpans } from './bounded-spans.js';

const PROPAGATOR = new W3CTraceContextPropagator();
const HEADERS = {
  keys: (carrier: Readonly<Record<string, string>>) => Object.keys(carrier),
  get: (carrier: Readonly<Record<string, string>>, key: string) => carrier[key],
};

export interface TracingOptions {
  /** Sends the spans; never throws. */
  readonly exporter: SpanExporter;
  /** Called with the number of spans for which there was no room. */
  readonly dropped: (spans: number) => void;
  /** The share of frames that get spans of their own, 0 to 1. */
  readonly frames: number;
  readonly version: string;
}

/** Tracing that can be closed. */
export interface RunningTracing extends Tracing {
  /** Sends the spans that still wait, then stops. */
  close(): Promise<void>;
}

/** Traces streams: one span per stream, and spans for a share of its frames. */
export const createTracing = ({ exporter, dropped, frames, version }: TracingOptions): RunningTracing => {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'earshot', 'service.version': version }),
    spanProcessors: [boundedSpans(exporter, dropped)],
  });
  const tracer = provider.getTracer('earshot', version);
  return {
    begin: (...stream) => new SpannedStream({ tracer, frames }, ...stream),
    close: () => provider.shutdown(),
  };
};

/** Times of a frame that gets spans, in milliseconds on the server's clock. */
interface Passage {
  readonly begunAt: number;
  answeredAt: number;
  outcome: Outcome | null;
}

class SpannedStream implements StreamTrace {
  private readonly span: Span;
  private readonly inside: Context;
  private readonly passages = new Map<Frame, Passage>();

  constructor(
    private readonly by: { readonly tracer: Tracer; readonly frames: number },
    { session, transport, identity, traceParent }: StreamOrigin,
    { model, hop, audio }: StreamConfig,
    version: string,
  ) {
    const parent = traceParent
      ? PROPAGATOR.extract(otel.active(), { traceparent: traceParent }, HEADERS)
      : otel.active();
    const attributes = {
      'earshot.session.id': session,
      'earshot.transport': transport,
      'earshot.model': model,
      'earshot.model.version': version,
      'earshot.hop_ms': hop,
      'earshot.audio.encoding': audio.encoding,
      'earshot.audio.sample_rate': audio.sampleRate,
      'earshot.audio.channels': audio.channels,
      'enduser.id': identity,
    };
    this.span = by.tracer.startSpan('earshot.stream', { attributes, startTime: dateOf(performance.now()) }, parent);
    this.inside = trace.setSpan(parent, this.span);
  }

  begun(frame: Frame): void {
    if (Math.random() >= this.by.frames) return;
    this.passages.set(frame, { begunAt: performance.now(), answeredAt: 0, outcome: null });
  }

  answered(frame: Frame, outcome: Outcome | null): void {
    const passage = this.passages.get(frame);
    if (!passage) return;
    passage.answeredAt = performance.now();
    passage.outcome = outcome;
  }

  told(frame: Frame): void {
    const passage = this.passages.get(frame);
    if (!passage || !this.passages.delete(frame)) return;
    this.record(frame, passage, performance.now());
  }

  ended(how: string, { audioMs, frames, utterances, gapMs }: StreamTotals): void {
    this.span.setAttributes({
      'earshot.end': how,
      'earshot.audio_ms': audioMs,
      'earshot.frames': frames,
      'earshot.utterances': utterances,
      'earshot.gap_ms': gapMs,
    });
    if (isErrorCode(how)) this.span.setStatus({ code: SpanStatusCode.ERROR, message: how });
    this.span.end(dateOf(performance.now()));
  }

  private record({ channel, start, end, arrivedAt }: Frame, passage: Passage, toldAt: number): void {
    const { begunAt, answeredAt, outcome } = passage;
    const attributes = {
      'earshot.channel': channel,
      'earshot.start_ms': start,
      'earshot.end_ms': end,
      'earshot.outcome': outcome?.kind ?? 'silence',
    };
    const span = this.by.tracer.startSpan('earshot.frame', { attributes, startTime: dateOf(arrivedAt) }, this.inside);
    const within = trace.setSpan(this.inside, span);
    const child = (name: string, from: number, to: number) =>
      this.by.tracer.startSpan(name, { startTime: dateOf(from) }, within).end(dateOf(Math.max(from, to)));
    child('decode', arrivedAt, begunAt);
    if (outcome?.kind === 'classified') {
      const { queueMs, inferMs } = outcome;
      const ranAt = Math.min(begunAt + queueMs, answeredAt);
      child('queue', begunAt, ranAt);
      child('infer', ranAt, Math.min(ranAt + inferMs, answeredAt));
    }
    child('send', answeredAt, toldAt);
    if (outcome?.kind === 'failed' || outcome?.kind === 'shed') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(dateOf(toldAt));
  }
}

/** Converts a time on the server's monotonic clock to milliseconds since 1970. */
const dateOf = (at: number): number => performance.timeOrigin + at;
