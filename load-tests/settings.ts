import type { Encoding } from '../proto/wire.js';
import type { Transport } from './generator/plan.js';

/** What a load test is asked for; seconds and milliseconds as on the command line. */
export interface Settings {
  readonly scenario: string;
  readonly streams: number;
  /** Callers at speaking speed beside those that disturb them. */
  readonly speakers: number;
  readonly hop: number | null;
  readonly ramp: number;
  readonly duration: number;
  readonly p99: number;
  readonly maxLag: number;
  /** `ws://host:port`; null: a server of its own. */
  readonly url: string | null;
  readonly grpcUrl: string;
  readonly transport: Transport;
  readonly encoding: Encoding;
  readonly chunkMs: number;
  readonly topK: number;
  readonly model: string | null;
  readonly models: string | null;
  readonly audio: string;
  readonly seed: number;
  readonly threads: number;
  readonly json: string | null;
  readonly report: string | null;
  readonly serverFlags: readonly string[];
}
