import type { Observable } from 'rxjs';
import type { Refusal } from '../domain/error-code.js';
import type { Identity } from '../domain/identity.js';
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
  /** Whether it is told what has been taken in. */
  readonly receipts: boolean;
  readonly resume: ResumeRequest | null;
}

/** Names the stream to go on with, and how much of it the caller has been told. */
export interface ResumeRequest {
  readonly sessionId: string;
  readonly token: string;
  readonly lastSeq: number;
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
  /** Something that only its transport asks for, or answers with. */
  | { readonly kind: 'ping' }
  /** `isImplied`: not said, but meant by the end of what the caller sends, which may have said it before. */
  | { readonly kind: 'close'; readonly isImplied?: true }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What moves a stream on. */
export type CallerControl = Exclude<CallerMessage, { kind: 'refused' | 'keepalive' | 'ping' }>;

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
  /** A stream that has been open for so long is ended, after a warning. */
  readonly maxStream: Milliseconds;
  /** For so long a stream whose connection was lost can be resumed; 0 keeps none. */
  readonly resumeWindow: Milliseconds;
}

export interface Ready {
  readonly kind: 'ready';
  readonly sessionId: string;
  /** Empty where lost streams are not kept. */
  readonly resumeToken: string;
  /** Messages taken in so far, when a stream is resumed; null when it begins. */
  readonly receivedMessages: number | null;
  readonly config: StreamConfig;
  readonly card: ModelCard;
  readonly limits: SessionLimits;
}

/** What has been taken in: messages that need not be sent again, and the stream time before which all is announced. */
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

/** How a stream ended: well, because the server goes away, or refused. */
export type StreamEnd =
  { readonly kind: 'done' } | { readonly kind: 'drained' } | ({ readonly kind: 'refused' } & Refusal);

/** The remote end of a stream, whatever carries it: the port that every transport implements. */
export interface Caller {
  /** Where it calls from and over what, for the log; and the trace that it is part of, as it says. */
  readonly description: {
    readonly transport: string;
    readonly remote: string;
    readonly traceParent?: string | undefined;
  };
  /** Who it is, and what it may. */
  readonly identity: Identity;
  /** What it says; completes when the connection is gone. */
  readonly messages: Observable<CallerMessage>;
  /** Whether the connection went without a goodbye, so that the caller may come back. Known when `messages` completes. */
  readonly wasLost: boolean;
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
