import type { AudioFormat, Endpointing } from './client-messages.js';
import type { ErrorCode } from './error-code.js';

export const INTENT_STATUSES = ['tentative', 'final'] as const;
export const UTTERANCE_END_REASONS = ['silence', 'max_length', 'finalize', 'close'] as const;
export const GAP_REASONS = ['overload', 'inference_failed'] as const;

/** Every setting of a stream, with defaults filled in. */
export interface Config {
  readonly audio: AudioFormat;
  readonly model: string;
  readonly hop_ms: number;
  readonly interim: boolean;
  readonly top_k: number;
  readonly threshold: number;
  readonly endpointing: Endpointing;
  /** Present if the client gave one. */
  readonly client_reference_id?: string;
}

/** The model of a stream. */
export interface Model {
  readonly name: string;
  readonly version: string;
  /** The intents that may be announced. */
  readonly labels: readonly string[];
  readonly sample_rate: number;
  readonly frame_ms: number;
  readonly hop_ms: number;
}

/** What this server allows a stream. */
export interface Limits {
  readonly max_message_bytes: number;
  readonly idle_timeout_ms: number;
  readonly max_channels: number;
  readonly min_hop_ms: number;
  readonly max_hop_ms: number;
  /** How long a stream whose connection was lost can be continued, in milliseconds; 0: not at all. */
  readonly resume_window_ms?: number;
}

/** The stream is open. */
export interface Ready {
  readonly type: 'ready';
  readonly session_id: string;
  /** Needed to continue the stream over another connection; a secret. Empty if the server keeps no lost streams. */
  readonly resume_token: string;
  readonly config: Config;
  readonly model: Model;
  readonly limits: Limits;
  /** Present when a stream is continued: how many of the client's messages were received. */
  readonly received_messages?: number;
}

/** Someone began to speak, at stream time `at_ms` (milliseconds). */
export interface SpeechStarted {
  readonly type: 'speech_started';
  readonly channel: number;
  readonly at_ms: number;
}

/** A label and its probability, 0–1. */
export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** Milliseconds from the arrival of a frame's last sample to the event about it. */
export interface Latency {
  readonly queue: number;
  readonly infer: number;
  readonly total: number;
}

/** What the model believes. `intent` is null when the speech is out of scope, or when no classified frame belongs to it. */
export interface Verdict {
  readonly intent: string | null;
  readonly out_of_scope: boolean;
  /** Probability of the leading intent, 0–1. */
  readonly score: number;
  /** The leading intents, best first. */
  readonly scores: readonly LabelScore[];
}

/** What the model believes about an utterance: `tentative` while it is open, then exactly once `final`. */
export interface Intent extends Verdict {
  readonly type: 'intent';
  readonly channel: number;
  readonly utterance: number;
  readonly status: (typeof INTENT_STATUSES)[number];
  /** Start and end of the audio that this message is about, in milliseconds of stream time. */
  readonly start_ms: number;
  readonly end_ms: number;
  readonly latency_ms: Latency;
}

/** An utterance has ended, at stream time `end_ms` (milliseconds). */
export interface UtteranceEnd {
  readonly type: 'utterance_end';
  readonly channel: number;
  readonly utterance: number;
  readonly end_ms: number;
  readonly reason: (typeof UTTERANCE_END_REASONS)[number];
}

/** Audio that was not classified, from stream time `start_ms` to `end_ms` (milliseconds). */
export interface Gap {
  readonly type: 'gap';
  readonly channel: number;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly reason: (typeof GAP_REASONS)[number];
}

/** Something is wrong, but the stream goes on. */
export interface Warning {
  readonly type: 'warning';
  readonly code: string;
  readonly message: string;
}

/** Why a request or a stream was refused or ended. */
export interface Failure {
  readonly code: ErrorCode;
  /** Names the offending value and what would be right. */
  readonly message: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  readonly request_id: string;
  /** If the server knows it: how many milliseconds to wait at least before trying again. */
  readonly retry_after_ms?: number;
}

/** The stream was refused or ended; the last message before the close that it causes. */
export interface ErrorMessage extends Failure {
  readonly type: 'error';
}

/**
 * The server is draining, or the stream has nearly reached the longest time that one may be open: it is closed after `grace_ms`
 * milliseconds. Open a new stream.
 */
export interface Reconnect {
  readonly type: 'reconnect';
  readonly grace_ms: number;
}

/** The totals of a stream that ended well: milliseconds of audio per channel; frames, utterances and gaps over all channels. */
export interface Closed {
  readonly type: 'closed';
  readonly audio_ms: number;
  readonly frames: number;
  readonly utterances: number;
  readonly gap_ms: number;
}

/** What the server has received. It has no number of its own, but the `seq` of the message before it. */
export interface Receipt {
  readonly type: 'receipt';
  /** How many audio, configure, finalize and close messages were received. */
  readonly received_messages: number;
  /** Stream time in milliseconds before which everything, on every channel, has been announced. */
  readonly settled_ms: number;
}

/** A message from the server, before it gets its `seq`. */
export type ServerMessageBody =
  Ready | SpeechStarted | Intent | UtteranceEnd | Gap | Warning | ErrorMessage | Reconnect | Closed | Receipt;

type Numbered<Body> = Body extends unknown ? Body & { readonly seq: number } : never;

/** A message from the server; `seq` is consecutive, from 1. */
export type ServerMessage = Numbered<ServerMessageBody>;
