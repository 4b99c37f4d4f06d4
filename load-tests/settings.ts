import type { Encoding } from '../proto/wire.js';
import type { Transport } from './generator/plan.js';

/** The settings of a load test, in the units of the command line: ramp and duration in seconds, other times in milliseconds. */
export interface Settings {
  readonly scenario: string;
  readonly streams: number;
  /** In scenarios with disturbing callers: how many callers at speaking speed there are beside them. */
  readonly speakers: number;
  readonly hop: number | null;
  readonly ramp: number;
  readonly duration: number;
  readonly p99: number;
  readonly maxLag: number;
  /** `ws://host:port`; null to start a server for the test. */
  readonly url: string | null;
  /** `host:port`; null for port 50051 of the host in `url`. */
  readonly grpcUrl: string | null;
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
