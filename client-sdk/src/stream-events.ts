import type { Closed, ErrorCode, ServerMessage } from '../../proto/wire.js';
import type { ClientErrorCode, EarshotError } from './earshot-error.js';

/**
 * `connecting` until `ready`; `reconnecting` while a lost connection is sought; `draining` from `close()` to the end, also while a
 * lost connection is sought then.
 */
export type StreamState = 'connecting' | 'open' | 'reconnecting' | 'draining' | 'closed';

/** A message about the stream, as it is told to whoever reads it. */
export type StreamMessage = Exclude<ServerMessage, { type: 'receipt' | 'error' }>;

/** How a stream ended: as asked, with its totals, or by an error. */
export type Ended =
  | { readonly reason: 'closed'; readonly totals: Closed; readonly error: null }
  | { readonly reason: ErrorCode | ClientErrorCode; readonly totals: null; readonly error: EarshotError };

/** Another connection goes on with the stream. */
export interface Reconnected {
  /** Whether the same session goes on; false when the server knew nothing of it (it was restarted, say) and heard what was kept of the audio again. */
  readonly resumed: boolean;
  /** Milliseconds of stream time that no server has classified because they were no longer kept; 0 but after long outages. */
  readonly lostMs: number;
}

/** Audio that `send` refused because the buffer was full; it is no part of the stream, and takes no stream time. */
export interface Dropped {
  readonly ms: number;
}

/** What `on` can listen to: every type of message, `message` for all of them, and what the client itself tells. */
export type StreamEvents = { readonly [M in StreamMessage as M['type']]: M } & {
  readonly message: StreamMessage;
  readonly state: { readonly state: StreamState; readonly previous: StreamState };
  readonly reconnected: Reconnected;
  readonly dropped: Dropped;
  readonly ended: Ended;
};

/** What an Observable tells; every part may be left out. */
export interface Observer<T> {
  next?(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

/** What libraries of Observables take, RxJS's `from` among them. */
export interface Subscribable<T> {
  subscribe(observer: Observer<T> | ((value: T) => void)): { unsubscribe(): void };
}
