export const ENCODINGS = ['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** How bytes become samples; channels are interleaved. */
export interface AudioFormat {
  readonly encoding: Encoding;
  /** Samples per second of each channel. */
  readonly sample_rate: number;
  readonly channels: number;
}

/** How the server decides that an utterance has ended. */
export interface Endpointing {
  /** Milliseconds of silence that end an utterance. */
  readonly silence_ms: number;
  /** Length in milliseconds at which an utterance is ended. */
  readonly max_utterance_ms: number;
}

/** Names the stream to continue, and the last message of it that the client has received. */
export interface Resume {
  readonly session_id: string;
  readonly resume_token: string;
  readonly last_event_seq: number;
}

/** Opens a stream, as the client writes it: a field that is left out has its default. */
export interface StartDraft {
  readonly type: 'start';
  readonly audio: Omit<AudioFormat, 'channels'> & Partial<Pick<AudioFormat, 'channels'>>;
  readonly model?: string;
  readonly hop_ms?: number;
  readonly interim?: boolean;
  readonly top_k?: number;
  /** Probability below which speech is out of scope. */
  readonly threshold?: number;
  readonly endpointing?: Partial<Endpointing>;
  readonly client_reference_id?: string;
  readonly resume?: Resume;
  /** Whether receipts are sent. */
  readonly receipts?: boolean;
}

/** Opens a stream, as the server reads it: defaults are filled in, except those that depend on the model. */
export interface Start extends StartDraft {
  readonly audio: AudioFormat;
  readonly interim: boolean;
  readonly top_k: number;
  readonly endpointing: Endpointing;
  readonly receipts: boolean;
}

/** Encoded audio, cut anywhere. The bytes are a view of the received message: copy them to keep them after the call. */
export interface Audio {
  readonly type: 'audio';
  readonly bytes: Uint8Array;
}

/** Changes settings while the stream runs; a field that is left out keeps its value. */
export interface Configure {
  readonly type: 'configure';
  readonly interim?: boolean;
  readonly top_k?: number;
  readonly threshold?: number;
  readonly endpointing?: Partial<Endpointing>;
}

/** Ends the open utterance of every channel now. */
export interface Finalize {
  readonly type: 'finalize';
}

/** No audio at the moment; stay open. */
export interface Keepalive {
  readonly type: 'keepalive';
}

/** No more audio: finish, then end the stream. */
export interface Close {
  readonly type: 'close';
}

/** Any message from a client except audio. */
export type Control = Start | Configure | Finalize | Keepalive | Close;

/** A message from a client, as the server reads it. */
export type ClientMessage = Control | Audio;

/** A message from a client, as the client writes it. */
export type ClientDraft = StartDraft | Exclude<ClientMessage, Start>;
