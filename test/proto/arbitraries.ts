import fc from 'fast-check';
import { ENCODINGS, ERROR_CODES, type ClientMessage, type ServerMessage } from '../../proto/wire.js';

const text = (maxLength: number) => fc.string({ unit: 'binary', minLength: 1, maxLength });
const uint32 = fc.nat(0xff_ff_ff_ff);
const probability = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);
const latency = fc.nat(10_000_000).map((microseconds) => microseconds / 1_000);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const audio = fc.record({
  encoding: fc.constantFrom(...ENCODINGS),
  sample_rate: fc.integer({ min: 8_000, max: 192_000 }),
  channels: fc.integer({ min: 1, max: 8 }),
});
const endpointing = fc.record({
  silence_ms: fc.integer({ min: 200, max: 10_000 }),
  max_utterance_ms: fc.integer({ min: 1_000, max: 120_000 }),
});
const topK = fc.integer({ min: 1, max: 100 });
const reference = text(256);
const resume = fc.record({ session_id: text(64), resume_token: text(64), last_event_seq: uint32 });

/** A message without the fields that are undefined. */
const compact = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;

/** Messages that say how a stream runs, with every default filled in. */
export const controls = fc
  .oneof(
    fc.record({
      type: fc.constant('start' as const),
      audio,
      interim: fc.boolean(),
      top_k: topK,
      endpointing,
      model: optional(text(128)),
      hop_ms: optional(fc.integer({ min: 100, max: 1_000 })),
      threshold: optional(probability),
      client_reference_id: optional(reference),
      resume: optional(resume),
      receipts: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('configure' as const),
      interim: optional(fc.boolean()),
      top_k: optional(topK),
      threshold: optional(probability),
      endpointing: optional(endpointing),
    }),
    fc.record({ type: fc.constantFrom('finalize' as const, 'keepalive' as const, 'close' as const) }),
  )
  .map(compact) as fc.Arbitrary<Exclude<ClientMessage, { type: 'audio' }>>;

const place = { channel: fc.nat(7), utterance: uint32 };
const span = { start_ms: uint32, end_ms: uint32 };
const model = fc.record({
  name: text(20),
  version: text(20),
  labels: fc.array(text(20), { maxLength: 4 }),
  sample_rate: uint32,
  frame_ms: uint32,
  hop_ms: uint32,
});
const config = fc.record({
  audio,
  model: text(20),
  hop_ms: uint32,
  interim: fc.boolean(),
  top_k: topK,
  threshold: probability,
  endpointing,
  client_reference_id: optional(reference),
});
const limits = fc.record({
  max_message_bytes: uint32,
  idle_timeout_ms: uint32,
  max_channels: uint32,
  min_hop_ms: uint32,
  max_hop_ms: uint32,
  resume_window_ms: optional(uint32),
});

/** What a model may believe about an utterance. */
export const verdict = {
  intent: fc.option(text(20)),
  out_of_scope: fc.boolean(),
  score: probability,
  scores: fc.array(fc.record({ label: text(20), score: probability }), { maxLength: 3 }),
};

const type = <T extends string>(name: T) => ({ type: fc.constant(name), seq: uint32.map((seq) => Math.max(1, seq)) });

/** Every message that a server may send. */
export const serverMessages = fc
  .oneof(
    fc.record({
      ...type('ready'),
      session_id: text(40),
      resume_token: text(40),
      config,
      model,
      limits,
      received_messages: optional(uint32),
    }),
    fc.record({ ...type('speech_started'), channel: place.channel, at_ms: uint32 }),
    fc.record({
      ...type('intent'),
      ...place,
      ...span,
      ...verdict,
      status: fc.constantFrom('tentative', 'final'),
      latency_ms: fc.record({ queue: latency, infer: latency, total: latency }),
    }),
    fc.record({
      ...type('utterance_end'),
      ...place,
      end_ms: uint32,
      reason: fc.constantFrom('silence', 'max_length', 'finalize', 'close'),
    }),
    fc.record({
      ...type('gap'),
      channel: place.channel,
      ...span,
      reason: fc.constantFrom('overload', 'inference_failed'),
    }),
    fc.record({ ...type('warning'), code: text(20), message: text(80) }),
    fc.record({
      ...type('error'),
      code: fc.constantFrom(...ERROR_CODES),
      message: text(80),
      retryable: fc.boolean(),
      request_id: text(40),
    }),
    fc.record({ ...type('reconnect'), grace_ms: uint32 }),
    fc.record({ ...type('closed'), audio_ms: uint32, frames: uint32, utterances: uint32, gap_ms: uint32 }),
    fc.record({ ...type('receipt'), received_messages: uint32, settled_ms: uint32 }),
  )
  .map(compact) as fc.Arbitrary<ServerMessage>;
