import type { Encoding } from '../../proto/wire.js';

export const TRANSPORTS = ['ws', 'ws-proto', 'grpc'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** An interval of the run, in milliseconds after its start. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What one virtual caller does. */
export interface CallerPlan {
  readonly group: string;
  readonly transport: Transport;
  readonly encoding: Encoding;
  /** Name of the model; null for the server's default. */
  readonly model: string | null;
  /** When it connects and when it hangs up. */
  readonly span: Span;
  /** How it sends audio: at speaking speed, as fast as the server takes it, or not at all (only keepalives). */
  readonly speech: 'paced' | 'flat-out' | 'silent';
  /** 0–1: at which part of the recordings it begins, and which part of a hop it waits after `ready`. */
  readonly phase: number;
  /** In this interval it does not read from its connection. */
  readonly deaf?: Span;
  /** If given, it hangs up and calls again after this many milliseconds of speech. */
  readonly callMs?: number;
}

/** An interval for which latencies are collected separately. */
export interface Window extends Span {
  readonly name: string;
}

/** One run: its callers, and the windows in which latencies are measured. */
export interface LoadPlan {
  readonly callers: readonly CallerPlan[];
  readonly windows: readonly Window[];
  readonly chunkMs: number;
  /** Hop that callers ask for; null for the model's own. */
  readonly hopMs: number | null;
  readonly topK: number;
}

/** The group of callers whose latencies are measured, and whose threads must not be late. Other groups disturb them. */
export const SPEAKERS = 'speakers';

/** When the last caller hangs up and the last window has ended. */
export const endOf = ({ callers, windows }: LoadPlan): number =>
  Math.max(...callers.map(({ span }) => span.to), ...windows.map(({ to }) => to));
