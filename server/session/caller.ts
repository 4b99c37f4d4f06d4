import type { Observable } from 'rxjs';
import type { Refusal } from '../domain/error-code.js';
import type { Identity } from '../domain/identity.js';
import type { ModelCard } from '../domain/model-card.js';
import type { StreamEvent } from '../domain/stream-event.js';
import type { Announcing, AudioFormat, Endpointing } from '../domain/stream-settings.js';
import type { Milliseconds } from '../domain/units.js';

/** What a caller asks for at the start; null where it leaves the choice to the server or the model. */
export interface StartRequest extends Announcing {
  readonly audio: AudioFormat;
  readonly model: string | null;
  readonly hop: Milliseconds | null;
  readonly clientReferenceId: string | null;
  /** Whether the caller gets receipts. */
  readonly receipts: boolean;
  readonly resume: ResumeRequest | null;
}

/** Names the stream to resume, and the `seq` of the last message that the caller received from it. */
export interface ResumeRequest {
  readonly sessionId: string;
  readonly token: string;
  readonly lastSeq: number;
}

/** New values for announcing and endpointing settings; those that are left out stay as they are. */
export type SettingsChange = Partial<Omit<Announcing, 'endpointing'> & Endpointing>;

/** What a caller may send. A message that could not be decoded arrives as `refused`. */
export type CallerMessage =
  | { readonly kind: 'start'; readonly request: StartRequest }
  | { readonly kind: 'audio'; readonly bytes: Uint8Array }
  | { readonly kind: 'configure'; readonly change: SettingsChange }
  | { readonly kind: 'finalize' }
  | { readonly kind: 'keepalive' }
  /** A ping or a pong of the transport itself. */
  | { readonly kind: 'ping' }
  /** `isImplied`: the caller ended its sending side, perhaps after an explicit close, and no message said so. */
  | { readonly kind: 'close'; readonly isImplied?: true }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The messages that a stream acts on. */
export type CallerControl = Exclude<CallerMessage, { kind: 'refused' | 'keepalive' | 'ping' }>;

/** Totals of a stream that ended without an error. */
export interface StreamTotals {
  readonly audioMs: Milliseconds;
  readonly frames: number;
  readonly utterances: number;
  readonly gapMs: Milliseconds;
}

/** The settings in force for a stream, with every default filled in. */
export interface StreamConfig extends Announcing {
  readonly audio: AudioFormat;
  readonly model: string;
  readonly hop: Milliseconds;
  readonly threshold: number;
  readonly clientReferenceId: string | null;
}

export interface SessionLimits {
  /** A connection that has not sent `start` within this time is closed. */
  readonly startTimeout: Milliseconds;
  /** A stream that sends neither audio nor keepalive for this long is closed. */
  readonly idleTimeout: Milliseconds;
  /** A stream that has been open for this long is ended, after a warning. */
  readonly maxStream: Milliseconds;
  /** How long a stream whose connection was lost can be resumed; with 0, none can. */
  readonly resumeWindow: Milliseconds;
}

export interface Ready {
  readonly kind: 'ready';
  readonly sessionId: string;
  /** Empty where streams cannot be resumed. */
  readonly resumeToken: string;
  /** Messages taken in so far, when a stream is resumed; null when it begins. */
  readonly receivedMessages: number | null;
  readonly config: StreamConfig;
  readonly card: ModelCard;
  readonly limits: SessionLimits;
}

/** How many messages were taken in, which need not be sent again, and the stream time before which all is announced. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly receivedMessages: number;
  readonly settledTo: Milliseconds;
}

/** What a session says to its caller. */
export type SessionMessage =
  | Ready
  | StreamEvent
  | Receipt
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | ({ readonly kind: 'error'; readonly requestId: string } & Refusal)
  | { readonly kind: 'reconnect'; readonly grace: Milliseconds }
  | ({ readonly kind: 'closed' } & StreamTotals);

/** How a stream ended: normally, because the server ended it and the caller may reconnect, or with a refusal. */
export type StreamEnd =
  { readonly kind: 'done' } | { readonly kind: 'drained' } | ({ readonly kind: 'refused' } & Refusal);

/** The remote end of a stream over any transport: the port that every transport implements. */
export interface Caller {
  /** Its transport and remote address, for the log; and the trace context that it sent, if any. */
  readonly description: {
    readonly transport: string;
    readonly remote: string;
    readonly traceParent?: string | undefined;
  };
  /** Who the caller is, and what it may do. */
  readonly identity: Identity;
  /** What the caller sends; completes when the connection is gone. */
  readonly messages: Observable<CallerMessage>;
  /** Whether the connection broke without a proper close, so that the caller may come back. Known when `messages` completes. */
  readonly wasLost: boolean;
  /** Bytes of sent messages that have not reached the network. */
  readonly backlogBytes: number;
  /** `seq` counts the messages of the stream from 1. */
  send(message: SessionMessage, seq: number): void;
  /** Stops reading, so that the remote end stops sending; what is already on its way still arrives. */
  pause(): void;
  resume(): void;
  /** Closes the connection after everything sent has left. */
  end(end: StreamEnd): void;
}
