import type { Observable } from 'rxjs';
import type { Refusal } from '../domain/error-code.js';
import type { ModelCard } from '../domain/model-card.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Announcing, AudioFormat, Endpointing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';

/** What a caller asks for at the start; null where it leaves the choice to the model. */
export interface StartRequest extends Announcing {
  readonly audio: AudioFormat;
  readonly model: string | null;
  readonly hop: Milliseconds | null;
  readonly clientReferenceId: string | null;
  readonly wantsResume: boolean;
}

/** Replaces what it names of the announcing settings and of their endpointing. */
export type SettingsChange = Partial<Omit<Announcing, 'endpointing'> & Endpointing>;

/** What a caller may say. A message that could not be understood comes as `refused`. */
export type CallerMessage =
  | { readonly kind: 'start'; readonly request: StartRequest }
  | { readonly kind: 'audio'; readonly bytes: Uint8Array }
  | { readonly kind: 'configure'; readonly change: SettingsChange }
  | { readonly kind: 'finalize' }
  | { readonly kind: 'keepalive' }
  | { readonly kind: 'close' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Totals of a stream that ended well. */
export interface StreamTotals {
  readonly audioMs: Milliseconds;
  readonly frames: number;
  readonly utterances: number;
  readonly gapMs: Milliseconds;
}

/** What is in force for a stream, every default filled in. */
export interface StreamConfig extends Announcing {
  readonly audio: AudioFormat;
  readonly model: string;
  readonly hop: Milliseconds;
  readonly threshold: number;
  readonly clientReferenceId: string | null;
}

export interface SessionLimits {
  /** A connection that has not said `start` by then is closed. */
  readonly startTimeout: Milliseconds;
  /** A stream that sends neither audio nor keepalive for so long is closed. */
  readonly idleTimeout: Milliseconds;
}

export interface Ready {
  readonly kind: 'ready';
  readonly sessionId: string;
  readonly config: StreamConfig;
  readonly card: ModelCard;
  readonly limits: SessionLimits;
}

/** What a session says to its caller. */
export type SessionMessage =
  | Ready
  | StreamEvent
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | ({ readonly kind: 'error'; readonly requestId: string } & Refusal)
  | { readonly kind: 'reconnect'; readonly grace: Milliseconds }
  | ({ readonly kind: 'closed' } & StreamTotals);

/** How a stream ended: well, because the server goes away, or refused. */
export type StreamEnd =
  { readonly kind: 'done' } | { readonly kind: 'drained' } | ({ readonly kind: 'refused' } & Refusal);

/** The remote end of a stream, whatever carries it: the port that every transport implements. */
export interface Caller {
  /** Where it calls from and over what, for the log. */
  readonly description: { readonly transport: string; readonly remote: string };
  /** What it says; completes when it has hung up. */
  readonly messages: Observable<CallerMessage>;
  /** Bytes handed to `send` that have not reached the network. */
  readonly backlogBytes: number;
  /** `seq` counts the messages of the stream from 1. */
  send(message: SessionMessage, seq: number): void;
  /** Asks the remote end, by not reading, to send no more; what is under way still comes. */
  pause(): void;
  resume(): void;
  /** Closes the connection after everything sent has left. */
  end(end: StreamEnd): void;
}
