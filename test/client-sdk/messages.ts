import type { ServerMessage } from '../../proto/wire.js';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

export const AUDIO = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 } as const;

export const READY: Message<'ready'> = {
  type: 'ready',
  seq: 1,
  session_id: 's',
  resume_token: 'secret',
  config: {
    audio: { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 1 },
    model: 'm',
    hop_ms: 480,
    interim: true,
    top_k: 5,
    threshold: 0.5,
    endpointing: { silence_ms: 1_000, max_utterance_ms: 30_000 },
  },
  model: { name: 'm', version: '1', labels: ['balance'], sample_rate: 16_000, frame_ms: 1_000, hop_ms: 480 },
  limits: {
    max_message_bytes: 262_144,
    idle_timeout_ms: 30_000,
    max_channels: 8,
    min_hop_ms: 480,
    max_hop_ms: 480,
    resume_window_ms: 30_000,
  },
};

export const receipt = (received_messages: number, settled_ms = 0): Message<'receipt'> => ({
  type: 'receipt',
  seq: 1,
  received_messages,
  settled_ms,
});

export const CLOSED = { type: 'closed', seq: 9, audio_ms: 480, frames: 1, utterances: 1, gap_ms: 0 } as const;

export const REFUSED: Message<'error'> = {
  type: 'error',
  seq: 1,
  code: 'model_not_found',
  message: 'start.model "x" is not served; give m',
  retryable: false,
  request_id: 'r-1',
};

export const intent = (seq: number, status: 'tentative' | 'final'): Message<'intent'> => ({
  type: 'intent',
  seq,
  channel: 0,
  utterance: 0,
  status,
  start_ms: 0,
  end_ms: seq * 10,
  intent: 'balance',
  out_of_scope: false,
  score: 0.75,
  scores: [{ label: 'balance', score: 0.75 }],
  latency_ms: { queue: 0, infer: 1, total: 2 },
});
