import type { ModelCard } from '../domain/model-card.js';
import type { IntentEvent, Latency, Verdict } from '../domain/stream-event.js';
import type { Endpointing } from '../domain/stream-settings.js';
import { durationOf, FRAME_SAMPLES, MODEL_RATE } from '../domain/units.js';
import type { RecordingVerdict } from '../session/classify-recording.js';
import type { Ready, SessionMessage } from '../session/caller.js';
import type { ServedModel } from '../session/served-model.js';
import { isRetryable } from '../../proto/error-code.js';
import { CHANNELS, MAX_MESSAGE_BYTES } from '../../proto/limits.js';
import type { ClassifyResponse, ListModelsResponse, ModelListing } from '../../proto/one-shot-messages.js';
import type * as Wire from '../../proto/server-messages.js';

/** Labels that may be announced, in the order of the logits. */
export const intentsOf = (card: ModelCard): string[] => card.labels.filter((label) => !card.background.has(label));

/** A session's message as the protocol has it. */
export const toWire = (said: SessionMessage, seq: number): Wire.ServerMessage =>
  said.kind === 'intent' ? intentToWire(said, seq) : { ...bodyOf(said), seq };

/** Without spreading: nearly all messages are intents. */
const intentToWire = (said: IntentEvent, seq: number): Wire.Intent & { readonly seq: number } => ({
  type: 'intent',
  seq,
  channel: said.channel,
  utterance: said.utterance,
  status: said.status,
  start_ms: said.start,
  end_ms: said.end,
  intent: said.intent,
  out_of_scope: said.outOfScope,
  score: said.score,
  scores: said.scores,
  latency_ms: latencyToWire(said.latency),
});

const bodyOf = (said: Exclude<SessionMessage, IntentEvent>): Wire.ServerMessageBody => {
  switch (said.kind) {
    case 'ready':
      return readyToWire(said);
    case 'speech_started':
      return { type: 'speech_started', channel: said.channel, at_ms: said.at };
    case 'utterance_end':
      return {
        type: 'utterance_end',
        channel: said.channel,
        utterance: said.utterance,
        end_ms: said.end,
        reason: said.reason,
      };
    case 'gap':
      return { type: 'gap', channel: said.channel, start_ms: said.start, end_ms: said.end, reason: said.reason };
    case 'warning':
      return { type: 'warning', code: said.code, message: said.message };
    case 'error':
      return {
        type: 'error',
        code: said.code,
        message: said.message,
        retryable: isRetryable[said.code],
        request_id: said.requestId,
        ...(said.retryAfter === undefined ? {} : { retry_after_ms: said.retryAfter }),
      };
    case 'reconnect':
      return { type: 'reconnect', grace_ms: said.grace };
    case 'closed':
      return {
        type: 'closed',
        audio_ms: said.audioMs,
        frames: said.frames,
        utterances: said.utterances,
        gap_ms: said.gapMs,
      };
    case 'receipt':
      return { type: 'receipt', received_messages: said.receivedMessages, settled_ms: said.settledTo };
  }
};

const readyToWire = ({ sessionId, resumeToken, receivedMessages, config, card, limits }: Ready): Wire.Ready => ({
  type: 'ready',
  session_id: sessionId,
  resume_token: resumeToken,
  config: {
    audio: { encoding: config.audio.encoding, sample_rate: config.audio.sampleRate, channels: config.audio.channels },
    model: config.model,
    hop_ms: config.hop,
    interim: config.interim,
    top_k: config.topK,
    threshold: config.threshold,
    endpointing: endpointingToWire(config.endpointing),
    ...(config.clientReferenceId === null ? {} : { client_reference_id: config.clientReferenceId }),
  },
  model: {
    name: card.name,
    version: card.version,
    labels: intentsOf(card),
    sample_rate: MODEL_RATE,
    frame_ms: durationOf(FRAME_SAMPLES),
    hop_ms: config.hop,
  },
  limits: {
    max_message_bytes: MAX_MESSAGE_BYTES,
    idle_timeout_ms: limits.idleTimeout,
    max_channels: CHANNELS.max,
    min_hop_ms: card.hop.min,
    max_hop_ms: card.hop.max,
    resume_window_ms: limits.resumeWindow,
  },
  ...(receivedMessages === null ? {} : { received_messages: receivedMessages }),
});

const endpointingToWire = ({ silence, maxUtterance }: Endpointing) => ({
  silence_ms: silence,
  max_utterance_ms: maxUtterance,
});

const verdictToWire = ({ intent, outOfScope, score, scores }: Verdict): Wire.Verdict => ({
  intent,
  out_of_scope: outOfScope,
  score,
  scores,
});

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

const latencyToWire = ({ queue, infer, total }: Latency) => ({
  queue: tenths(queue),
  infer: tenths(infer),
  total: tenths(total),
});

/** The verdict on one recording as the protocol has it. */
export const recordingToWire = (said: RecordingVerdict): ClassifyResponse => ({
  model: said.model,
  audio_ms: said.audioMs,
  ...verdictToWire(said),
  utterances: said.utterances.map((utterance) => ({
    channel: utterance.channel,
    utterance: utterance.utterance,
    start_ms: utterance.start,
    end_ms: utterance.end,
    ...verdictToWire(utterance),
  })),
});

/** The models that a caller may use, its default first, as the protocol lists them. */
export const modelsToWire = (models: readonly ServedModel[]): ListModelsResponse => ({
  models: models.map((model, index) => modelToWire(model, index === 0)),
});

const modelToWire = ({ card, provider, precision }: ServedModel, isDefault: boolean): ModelListing => ({
  name: card.name,
  version: card.version,
  description: card.description,
  labels: intentsOf(card),
  sample_rate: MODEL_RATE,
  frame_ms: durationOf(FRAME_SAMPLES),
  hop_ms: card.hop.default,
  min_hop_ms: card.hop.min,
  max_hop_ms: card.hop.max,
  precision,
  provider,
  is_default: isDefault,
});
