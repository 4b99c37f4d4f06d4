import type { Encoding } from '../../proto/wire.js';

export const TRANSPORTS = ['ws', 'ws-proto', 'grpc'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A stretch of the run, in milliseconds after its beginning. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What one virtual caller does. */
export interface CallerPlan {
  readonly group: string;
  readonly transport: Transport;
  readonly encoding: Encoding;
  /** The server's default where null. */
  readonly model: string | null;
  /** When it connects and when it says goodbye. */
  readonly span: Span;
  /** At speaking speed, as fast as the server takes it, or nothing at all but keepalives. */
  readonly speech: 'paced' | 'flat-out' | 'silent';
  /** 0–1: where in the recordings it begins, and how much of a hop after `ready`. */
  readonly phase: number;
  /** While this lasts it does not read what the server says. */
  readonly deaf?: Span;
  /** It hangs up and calls again after so many milliseconds of speech. */
  readonly callMs?: number;
}

/** A stretch over which latencies are collected on their own. */
export interface Window extends Span {
  readonly name: string;
}

/** One run: who calls, and when what is measured. */
export interface LoadPlan {
  readonly callers: readonly CallerPlan[];
  readonly windows: readonly Window[];
  readonly chunkMs: number;
  /** The model's own where null. */
  readonly hopMs: number | null;
  readonly topK: number;
}

/** Callers whose latencies are measured, and whose threads must not be late. Other groups disturb them. */
export const SPEAKERS = 'speakers';

/** When everybody has said goodbye. */
export const endOf = ({ callers, windows }: LoadPlan): number =>
  Math.max(...callers.map(({ span }) => span.to), ...windows.map(({ to }) => to));
