import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Most spans that may wait to be sent. */
const MOST_WAITING = 2_048;

/**
 * Sends spans in batches. Calls `dropped` with the number of spans for which there is no room, which BatchSpanProcessor would
 * leave out silently.
 */
export const boundedSpans = (exporter: SpanExporter, dropped: (spans: number) => void): SpanProcessor => {
  let waiting = 0;
  const counted: SpanExporter = {
    export: (spans, done) => {
      waiting -= spans.length;
      exporter.export(spans, done);
    },
    shutdown: () => exporter.shutdown(),
  };
  // The limit of BatchSpanProcessor itself is never reached.
  const batches = new BatchSpanProcessor(counted, { maxQueueSize: 2 * MOST_WAITING });
  return {
    onStart: (span, parent) => batches.onStart(span, parent),
    onEnd: (span: ReadableSpan) => {
      if (waiting >= MOST_WAITING) return dropped(1);
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
};
