import type { Connection, Listener } from '../../../load-tests/generator/connection.js';
import type { Ready, ServerMessage } from '../../../proto/wire.js';

/** A `ready` for frames of one second, `hopMs` apart. */
export const readyWith = (hopMs: number): Ready & { readonly seq: number } => ({
  type: 'ready',
  seq: 1,
  session_id: 'one',
  resume_token: '',
  config: {
    audio: { encoding: 'mulaw', sample_rate: 8000, channels: 1 },
    model: 'm',
    hop_ms: hopMs,
    interim: true,
    top_k: 5,
    threshold: 0.5,
    endpointing: { silence_ms: 1000, max_utterance_ms: 30_000 },
  },
  model: { name: 'm', version: '1', labels: ['a'], sample_rate: 16_000, frame_ms: 1000, hop_ms: hopMs },
  limits: {
    max_message_bytes: 1 << 18,
    idle_timeout_ms: 30_000,
    max_channels: 8,
    min_hop_ms: hopMs,
    max_hop_ms: hopMs,
  },
});

export const receipt: ServerMessage = { type: 'receipt', seq: 1, received_messages: 1, settled_ms: 0 };

export const tentative = (endMs: number): ServerMessage => ({
  type: 'intent',
  seq: 2,
  channel: 0,
  utterance: 0,
  status: 'tentative',
  start_ms: 0,
  end_ms: endMs,
  intent: 'a',
  out_of_scope: false,
  score: 1,
  scores: [{ label: 'a', score: 1 }],
  latency_ms: { queue: 1, infer: 2, total: 5 },
});

export const gap = (endMs: number, hopMs: number): ServerMessage => ({
  type: 'gap',
  seq: 2,
  channel: 0,
  start_ms: endMs - hopMs,
  end_ms: endMs,
  reason: 'overload',
});

export const closed: ServerMessage = { type: 'closed', seq: 9, audio_ms: 0, frames: 0, utterances: 0, gap_ms: 0 };

export interface ScriptedLine {
  connect(listener: Listener): Connection;
  /** How often audio was sent. */
  readonly chunks: number;
}

/** A line to a scripted server: `heard` is called for each chunk and for `close`, and may send the listener something. */
export const scriptedLine = (
  hopMs: number,
  heard: (what: number | 'close', listener: Listener) => void,
): ScriptedLine => {
  let chunks = 0;
  return {
    get chunks() {
      return chunks;
    },
    connect: (listener) => {
      queueMicrotask(() => {
        listener.opened();
        listener.heard(readyWith(hopMs));
      });
      return {
        sendAudio: () => heard(chunks++, listener),
        say: ({ type }) => {
          if (type === 'close') heard('close', listener);
        },
        setReading: () => undefined,
        isFull: false,
        cut: () => listener.ended('cut'),
      };
    },
  };
};
