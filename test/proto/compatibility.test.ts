import assert from 'node:assert/strict';
import { ERROR_CODES as DOMAIN_CODES } from '../../server/domain/error-code.js';
import { SCHEMA } from '../../proto/generated/schema.js';
import * as wire from '../../proto/wire.js';
import { ROOT } from './reflection.js';

const START: wire.StartDraft = {
  type: 'start',
  audio: { encoding: 'mulaw', sample_rate: 8_000, channels: 2 },
  model: 'm',
  hop_ms: 480,
  interim: false,
  top_k: 3,
  threshold: 0.5,
  endpointing: { silence_ms: 700, max_utterance_ms: 9_000 },
  client_reference_id: 'call-7',
  resume: { session_id: 's', resume_token: 't', last_event_seq: 9 },
};

const INTENT: wire.ServerMessage = {
  type: 'intent',
  seq: 4,
  channel: 1,
  utterance: 2,
  status: 'final',
  start_ms: 480,
  end_ms: 1_960,
  intent: 'balance',
  out_of_scope: false,
  score: 0.75,
  scores: [{ label: 'balance', score: 0.75 }],
  latency_ms: { queue: 0.5, infer: 2, total: 4 },
};

/** Written once, together with version 1; a change here breaks every client that is out there. */
const CLIENT_BYTES: readonly [wire.ClientDraft, string][] = [
  [
    START,
    '0a3b0a0c0a056d756c617710c03e180212016d18e00320002803310000' +
      '00000000e03f3a0608bc0510a846420663616c6c2d374a080a017312017418' +
      '09',
  ],
  [{ type: 'audio', bytes: Uint8Array.of(1, 2, 3) }, '1203010203'],
  [{ type: 'configure', interim: true, top_k: 1 }, '1a0408011001'],
  [{ type: 'finalize' }, '2200'],
  [{ type: 'keepalive' }, '2a00'],
  [{ type: 'close' }, '3200'],
];

describe('The wire of version 1', () => {
  for (const [message, hex] of CLIENT_BYTES) {
    it(`writes ${message.type} in the same bytes for ever`, () => {
      assert.equal(Buffer.from(wire.encodeClientProto(message)).toString('hex'), hex);
    });
  }

  it('writes an intent in the same bytes for ever', () => {
    const hex =
      '08042254080110021a0566696e616c20e00328a80f320762616c616e636541000000000000e83f4a12' +
      '0a0762616c616e636511000000000000e83f521b09000000000000e03f110000000000000040190000000000001040';
    assert.equal(Buffer.from(wire.encodeServerProto(INTENT)).toString('hex'), hex);
  });

  it('writes an intent in the same text for ever', () => {
    assert.equal(
      wire.encodeServerJson(INTENT),
      '{"type":"intent","seq":4,"channel":1,"utterance":2,"status":"final","start_ms":480,"end_ms":1960,' +
        '"intent":"balance","out_of_scope":false,"score":0.75,"scores":[{"label":"balance","score":0.75}],' +
        '"latency_ms":{"queue":0.5,"infer":2,"total":4}}',
    );
  });

  it('rounds probabilities to six decimals, and latencies to three, on both wires', () => {
    const third = 1 / 3;
    const unrounded = { ...INTENT, score: third, scores: [], latency_ms: { queue: third, infer: third, total: third } };
    const rounded = { ...unrounded, score: 0.333333, latency_ms: { queue: 0.333, infer: 0.333, total: 0.333 } };
    assert.deepEqual(
      [
        wire.decodeServerJson(wire.encodeServerJson(unrounded)),
        wire.decodeServerProto(wire.encodeServerProto(unrounded)),
      ],
      [
        { ok: true, message: rounded },
        { ok: true, message: rounded },
      ],
    );
  });

  it('has the error codes of the server', () => {
    assert.deepEqual([...wire.ERROR_CODES], [...DOMAIN_CODES]);
  });
});

describe('The generated table of the schema', () => {
  for (const [name, fields] of Object.entries(SCHEMA)) {
    it(`agrees with earshot.proto about ${name}`, () => {
      const read = ROOT.lookupType(`earshot.v1.${name}`).fieldsArray.map(({ name, id, type }) => ({ name, id, type }));
      const table = Object.entries(fields).map(([name, { id, type }]) => ({ name, id, type }));
      assert.deepEqual(table, read);
    });
  }

  it('knows every message', () => {
    const read = ROOT.lookup('earshot.v1')!.toJSON() as { nested: Record<string, { fields?: object }> };
    const messages = Object.entries(read.nested).filter(([, { fields }]) => fields !== undefined);
    assert.deepEqual(
      Object.keys(SCHEMA),
      messages.map(([name]) => name),
    );
  });
});
