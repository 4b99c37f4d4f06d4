import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../domain/log.js';

const TIMEOUT_MS = 5_000;

export interface ExporterOptions {
  /** URL of an OTLP/HTTP receiver, such as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly dropped: (spans: number) => void;
}

/** Sends spans by OTLP/HTTP. Where that fails, counts and drops them, and logs it once, and once when it works again. */
export const otlpExporter = ({ endpoint, log, dropped }: ExporterOptions): SpanExporter => {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const inner = new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT_MS });
  const shown = withoutCredentials(url);
  let isFailing = false;
  const note = ({ code, error }: ExportResult, spans: number) => {
    const fails = code !== ExportResultCode.SUCCESS;
    if (fails) dropped(spans);
    if (fails && !isFailing) log.warn({ url: shown, reason: error?.message }, 'traces cannot be sent and are dropped');
    if (!fails && isFailing) log.info({ url: shown }, 'traces are sent again');
    isFailing = fails;
  };
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) =>
      inner.export(spans, (result) => {
        note(result, spans.length);
        // A failure has been logged and counted above: reported as one, the SDK would report it again.
        done({ code: ExportResultCode.SUCCESS });
      }),
    shutdown: () => inner.shutdown(),
  };
};

/** An address as the log may have it: collectors take a name and a password in it. */
const withoutCredentials = (address: string): string => {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
};
