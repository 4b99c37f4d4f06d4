// Generated from earshot.proto by proto/generate.mjs; never edited.

/** One field of a message, as the schema has it. */
export interface SchemaField {
  readonly id: number;
  /** A protobuf scalar, or the name of a message. */
  readonly type: string;
  /** A `oneof` field excludes its siblings; an `optional` one may be left out. */
  readonly presence: 'always' | 'optional' | 'repeated' | 'oneof';
}

export type SchemaMessage = Readonly<Record<string, SchemaField>>;

/** earshot.proto as a table: message → field → what the schema says of it. */
export const SCHEMA: Readonly<Record<string, SchemaMessage>> = {
  ClientMessage: {
    start: { id: 1, type: 'Start', presence: 'oneof' },
    audio: { id: 2, type: 'bytes', presence: 'oneof' },
    configure: { id: 3, type: 'Configure', presence: 'oneof' },
    finalize: { id: 4, type: 'Finalize', presence: 'oneof' },
    keepalive: { id: 5, type: 'Keepalive', presence: 'oneof' },
    close: { id: 6, type: 'Close', presence: 'oneof' },
  },
  Start: {
    audio: { id: 1, type: 'AudioFormat', presence: 'always' },
    model: { id: 2, type: 'string', presence: 'optional' },
    hop_ms: { id: 3, type: 'uint32', presence: 'optional' },
    interim: { id: 4, type: 'bool', presence: 'optional' },
    top_k: { id: 5, type: 'uint32', presence: 'optional' },
    threshold: { id: 6, type: 'double', presence: 'optional' },
    endpointing: { id: 7, type: 'Endpointing', presence: 'optional' },
    client_reference_id: { id: 8, type: 'string', presence: 'optional' },
    resume: { id: 9, type: 'Resume', presence: 'optional' },
    receipts: { id: 10, type: 'bool', presence: 'optional' },
  },
  AudioFormat: {
    encoding: { id: 1, type: 'string', presence: 'always' },
    sample_rate: { id: 2, type: 'uint32', presence: 'always' },
    channels: { id: 3, type: 'uint32', presence: 'optional' },
  },
  Endpointing: {
    silence_ms: { id: 1, type: 'uint32', presence: 'optional' },
    max_utterance_ms: { id: 2, type: 'uint32', presence: 'optional' },
  },
  Resume: {
    session_id: { id: 1, type: 'string', presence: 'always' },
    resume_token: { id: 2, type: 'string', presence: 'always' },
    last_event_seq: { id: 3, type: 'uint32', presence: 'always' },
  },
  Configure: {
    interim: { id: 1, type: 'bool', presence: 'optional' },
    top_k: { id: 2, type: 'uint32', presence: 'optional' },
    threshold: { id: 3, type: 'double', presence: 'optional' },
    endpointing: { id: 4, type: 'Endpointing', presence: 'optional' },
  },
  Finalize: {},
  Keepalive: {},
  Close: {},
  ServerMessage: {
    seq: { id: 1, type: 'uint32', presence: 'always' },
    ready: { id: 2, type: 'Ready', presence: 'oneof' },
    speech_started: { id: 3, type: 'SpeechStarted', presence: 'oneof' },
    intent: { id: 4, type: 'Intent', presence: 'oneof' },
    utterance_end: { id: 5, type: 'UtteranceEnd', presence: 'oneof' },
    gap: { id: 6, type: 'Gap', presence: 'oneof' },
    warning: { id: 7, type: 'Warning', presence: 'oneof' },
    error: { id: 8, type: 'Error', presence: 'oneof' },
    reconnect: { id: 9, type: 'Reconnect', presence: 'oneof' },
    closed: { id: 10, type: 'Closed', presence: 'oneof' },
    receipt: { id: 11, type: 'Receipt', presence: 'oneof' },
  },
  Ready: {
    session_id: { id: 1, type: 'string', presence: 'always' },
    resume_token: { id: 2, type: 'string', presence: 'always' },
    config: { id: 3, type: 'Config', presence: 'always' },
    model: { id: 4, type: 'Model', presence: 'always' },
    limits: { id: 5, type: 'Limits', presence: 'always' },
    received_messages: { id: 6, type: 'uint32', presence: 'optional' },
  },
  Config: {
    audio: { id: 1, type: 'AudioFormat', presence: 'always' },
    model: { id: 2, type: 'string', presence: 'always' },
    hop_ms: { id: 3, type: 'uint32', presence: 'always' },
    interim: { id: 4, type: 'bool', presence: 'always' },
    top_k: { id: 5, type: 'uint32', presence: 'always' },
    threshold: { id: 6, type: 'double', presence: 'always' },
    endpointing: { id: 7, type: 'Endpointing', presence: 'always' },
    client_reference_id: { id: 8, type: 'string', presence: 'optional' },
  },
  Model: {
    name: { id: 1, type: 'string', presence: 'always' },
    version: { id: 2, type: 'string', presence: 'always' },
    labels: { id: 3, type: 'string', presence: 'repeated' },
    sample_rate: { id: 4, type: 'uint32', presence: 'always' },
    frame_ms: { id: 5, type: 'uint32', presence: 'always' },
    hop_ms: { id: 6, type: 'uint32', presence: 'always' },
  },
  Limits: {
    max_message_bytes: { id: 1, type: 'uint32', presence: 'always' },
    idle_timeout_ms: { id: 2, type: 'uint32', presence: 'always' },
    max_channels: { id: 3, type: 'uint32', presence: 'always' },
    min_hop_ms: { id: 4, type: 'uint32', presence: 'always' },
    max_hop_ms: { id: 5, type: 'uint32', presence: 'always' },
    resume_window_ms: { id: 6, type: 'uint32', presence: 'optional' },
  },
  SpeechStarted: {
    channel: { id: 1, type: 'uint32', presence: 'always' },
    at_ms: { id: 2, type: 'uint32', presence: 'always' },
  },
  Intent: {
    channel: { id: 1, type: 'uint32', presence: 'always' },
    utterance: { id: 2, type: 'uint32', presence: 'always' },
    status: { id: 3, type: 'string', presence: 'always' },
    start_ms: { id: 4, type: 'uint32', presence: 'always' },
    end_ms: { id: 5, type: 'uint32', presence: 'always' },
    intent: { id: 6, type: 'string', presence: 'optional' },
    out_of_scope: { id: 7, type: 'bool', presence: 'always' },
    score: { id: 8, type: 'double', presence: 'always' },
    scores: { id: 9, type: 'LabelScore', presence: 'repeated' },
    latency_ms: { id: 10, type: 'Latency', presence: 'always' },
  },
  LabelScore: {
    label: { id: 1, type: 'string', presence: 'always' },
    score: { id: 2, type: 'double', presence: 'always' },
  },
  Latency: {
    queue: { id: 1, type: 'double', presence: 'always' },
    infer: { id: 2, type: 'double', presence: 'always' },
    total: { id: 3, type: 'double', presence: 'always' },
  },
  UtteranceEnd: {
    channel: { id: 1, type: 'uint32', presence: 'always' },
    utterance: { id: 2, type: 'uint32', presence: 'always' },
    end_ms: { id: 3, type: 'uint32', presence: 'always' },
    reason: { id: 4, type: 'string', presence: 'always' },
  },
  Gap: {
    channel: { id: 1, type: 'uint32', presence: 'always' },
    start_ms: { id: 2, type: 'uint32', presence: 'always' },
    end_ms: { id: 3, type: 'uint32', presence: 'always' },
    reason: { id: 4, type: 'string', presence: 'always' },
  },
  Warning: {
    code: { id: 1, type: 'string', presence: 'always' },
    message: { id: 2, type: 'string', presence: 'always' },
  },
  Error: {
    code: { id: 1, type: 'string', presence: 'always' },
    message: { id: 2, type: 'string', presence: 'always' },
    retryable: { id: 3, type: 'bool', presence: 'always' },
    request_id: { id: 4, type: 'string', presence: 'always' },
    retry_after_ms: { id: 5, type: 'uint32', presence: 'optional' },
  },
  Reconnect: {
    grace_ms: { id: 1, type: 'uint32', presence: 'always' },
  },
  Closed: {
    audio_ms: { id: 1, type: 'uint32', presence: 'always' },
    frames: { id: 2, type: 'uint32', presence: 'always' },
    utterances: { id: 3, type: 'uint32', presence: 'always' },
    gap_ms: { id: 4, type: 'uint32', presence: 'always' },
  },
  Receipt: {
    received_messages: { id: 1, type: 'uint32', presence: 'always' },
    settled_ms: { id: 2, type: 'uint32', presence: 'always' },
  },
  ClassifyRequest: {
    wav: { id: 1, type: 'bytes', presence: 'oneof' },
    raw: { id: 2, type: 'RawAudio', presence: 'oneof' },
    model: { id: 3, type: 'string', presence: 'optional' },
    top_k: { id: 4, type: 'uint32', presence: 'optional' },
  },
  RawAudio: {
    audio: { id: 1, type: 'AudioFormat', presence: 'always' },
    content: { id: 2, type: 'bytes', presence: 'always' },
  },
  ClassifyResponse: {
    model: { id: 1, type: 'string', presence: 'always' },
    audio_ms: { id: 2, type: 'uint32', presence: 'always' },
    intent: { id: 3, type: 'string', presence: 'optional' },
    out_of_scope: { id: 4, type: 'bool', presence: 'always' },
    score: { id: 5, type: 'double', presence: 'always' },
    scores: { id: 6, type: 'LabelScore', presence: 'repeated' },
    utterances: { id: 7, type: 'Utterance', presence: 'repeated' },
  },
  Utterance: {
    channel: { id: 1, type: 'uint32', presence: 'always' },
    utterance: { id: 2, type: 'uint32', presence: 'always' },
    start_ms: { id: 3, type: 'uint32', presence: 'always' },
    end_ms: { id: 4, type: 'uint32', presence: 'always' },
    intent: { id: 5, type: 'string', presence: 'optional' },
    out_of_scope: { id: 6, type: 'bool', presence: 'always' },
    score: { id: 7, type: 'double', presence: 'always' },
    scores: { id: 8, type: 'LabelScore', presence: 'repeated' },
  },
  ListModelsRequest: {},
  ListModelsResponse: {
    models: { id: 1, type: 'ModelListing', presence: 'repeated' },
  },
  ModelListing: {
    name: { id: 1, type: 'string', presence: 'always' },
    version: { id: 2, type: 'string', presence: 'always' },
    description: { id: 3, type: 'string', presence: 'always' },
    labels: { id: 4, type: 'string', presence: 'repeated' },
    sample_rate: { id: 5, type: 'uint32', presence: 'always' },
    frame_ms: { id: 6, type: 'uint32', presence: 'always' },
    hop_ms: { id: 7, type: 'uint32', presence: 'always' },
    min_hop_ms: { id: 8, type: 'uint32', presence: 'always' },
    max_hop_ms: { id: 9, type: 'uint32', presence: 'always' },
    precision: { id: 10, type: 'string', presence: 'always' },
    provider: { id: 11, type: 'string', presence: 'always' },
    is_default: { id: 12, type: 'bool', presence: 'always' },
  },
};
