import type { Closed, ErrorCode, ServerMessage } from '../../proto/wire.js';
import type { ClientErrorCode, EarshotError } from './earshot-error.js';

/**
 * `connecting` until the first `ready`, then `open`; `reconnecting` while a lost connection is being replaced; `draining` from
 * `close()` to the end, even if the connection is lost meanwhile; `closed` when the stream has ended.
 */
export type StreamState = 'connecting' | 'open' | 'reconnecting' | 'draining' | 'closed';

/** A message that readers and listeners of a stream get. The client itself handles `receipt` and `error`. */
export type StreamMessage = Exclude<ServerMessage, { type: 'receipt' | 'error' }>;

/** How a stream ended: after `close()`, with its totals; otherwise by an error, whose code is the reason. */
export type Ended =
  | { readonly reason: 'closed'; readonly totals: Closed; readonly error: null }
  | { readonly reason: ErrorCode | ClientErrorCode; readonly totals: null; readonly error: EarshotError };

/** A new connection continues the stream. */
export interface Reconnected {
  /**
   * Whether the server continues the same session. False when it no longer knew the session (because it was restarted, for example):
   * then a new session hears again the audio that the client has kept.
   */
  readonly resumed: boolean;
  /** Milliseconds of audio that were never classified because the client no longer kept them; 0 except after long outages. */
  readonly lostMs: number;
}

/** Milliseconds of audio that `send` refused because the buffer was full. They are not part of the stream and take no stream time. */
export interface Dropped {
  readonly ms: number;
}

/**
 * The events that `on` accepts: every type of message, `message` for all messages, and the client's own events (`state`,
 * `reconnected`, `dropped` and `ended`).
 */
export type StreamEvents = { readonly [M in StreamMessage as M['type']]: M } & {
  readonly message: StreamMessage;
  readonly state: { readonly state: StreamState; readonly previous: StreamState };
  readonly reconnected: Reconnected;
  readonly dropped: Dropped;
  readonly ended: Ended;
};

/** Receives the values and the end of an Observable; every method is optional. */
export interface Observer<T> {
  next?(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

/** An Observable in the form that RxJS's `from` and similar libraries accept. */
export interface Subscribable<T> {
  subscribe(observer: Observer<T> | ((value: T) => void)): { unsubscribe(): void };
}
