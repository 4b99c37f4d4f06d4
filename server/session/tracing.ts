import type { FrameWatcher } from '../pipeline/frame-watcher.js';
import type { StreamConfig, StreamTotals } from './caller.js';

/** Who opened a stream, and over what. */
export interface StreamOrigin {
  readonly session: string;
  readonly transport: string;
  readonly identity: string;
  /** As the caller sent it (W3C Trace Context). */
  readonly traceParent?: string | undefined;
}

/** Where streams are traced. */
export interface Tracing {
  begin(origin: StreamOrigin, config: StreamConfig, version: string): StreamTrace;
}

/** The trace of one stream. */
export interface StreamTrace extends FrameWatcher {
  /** `how` as in the metrics. */
  ended(how: string, totals: StreamTotals): void;
}
