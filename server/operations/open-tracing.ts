import type { ExporterOptions } from './otlp-exporter.js';
import type { RunningTracing } from './tracing.js';

export interface TracingSettings {
  /** Null for no traces; OpenTelemetry is then not loaded. */
  readonly otlpEndpoint: string | null;
  readonly traceFrames: number;
}

/** Tracing that sends to the endpoint; null where none is set. */
export const openTracing = async (
  { otlpEndpoint, traceFrames }: TracingSettings,
  version: string,
  told: Omit<ExporterOptions, 'endpoint'>,
): Promise<RunningTracing | null> => {
  if (otlpEndpoint === null) return null;
  const [{ createTracing }, { otlpExporter }] = await Promise.all([
    import('./tracing.js'),
    import('./otlp-exporter.js'),
  ]);
  const exporter = otlpExporter({ endpoint: otlpEndpoint, ...told });
  return createTracing({ exporter, dropped: told.dropped, frames: traceFrames, version });
};
