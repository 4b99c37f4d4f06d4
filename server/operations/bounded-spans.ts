import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Spans that may wait to be sent. */
const MOST_WAITING = 2_048;

/**
 * Sends spans in batches. Those that find no room are told to `dropped`, where BatchSpanProcessor would leave them out
 * without a word.
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
  // Its own limit is never met.
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
