import type { FrameWatcher } from '../pipeline/frame-watcher.js';
import type { StreamConfig, StreamTotals } from './caller.js';

/** Who opened a stream, and over which transport. */
export interface StreamOrigin {
  readonly session: string;
  readonly transport: string;
  readonly identity: string;
  /** As the caller sent it (W3C Trace Context). */
  readonly traceParent?: string | undefined;
}

/** Traces streams. */
export interface Tracing {
  begin(origin: StreamOrigin, config: StreamConfig, version: string): StreamTrace;
}

/** The trace of one stream. */
export interface StreamTrace extends FrameWatcher {
  /** `how` is the name of the stream's end, as in the metrics. */
  ended(how: string, totals: StreamTotals): void;
}
