import assert from 'node:assert/strict';
import { decodeClassifyRequest, decodeClientProto, decodeServerProto } from '../../proto/wire.js';
import { filledIn, GOOD_AUDIO, START_EDGES, START_FAULTS } from './start-faults.js';
import { reflected } from './reflection.js';

const ClientMessage = reflected('ClientMessage');
const encoded = (fields: object) => ClientMessage.encode({ start: { audio: GOOD_AUDIO, ...fields } }).finish();
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Bytes written by hand: tag = field number × 8 + wire type. */
const BAD_BYTES: readonly [string, string, string][] = [
  ['nothing', '', 'the message is empty; give one of audio, start, configure, finalize, keepalive, close'],
  ['an unknown field', '78 01', 'message field 15 is not a known field'],
  ['an unknown field beside a known one', '22 00 78 01', 'message field 15 is not a known field'],
  ['an unknown field two deep', '0a 04 0a 02 20 01', 'audio field 4 is not a known field'],
  ['an unknown field in an empty message', '22 02 08 01', 'finalize field 1 is not a known field'],
  ['field number zero', '02 00', 'message field 0 is not a known field'],
  ['two different messages', '22 00 2a 00', 'message has both finalize and keepalive; give one'],
  ['two audio messages in one', '12 01 aa 12 01 bb', 'message has both audio and audio; give one'],
  ['a varint for a message', '08 01', 'message.start has wire type 0; give 2 (Start)'],
  ['a string for a number', '0a 03 1a 01 61', 'start.hop_ms has wire type 2; give 0 (uint32)'],
  ['a group', '0b 0c', 'message.start has wire type 3; give 2 (Start)'],
  ['a number of 35 bits', '0a 06 18 ff ff ff ff 7f', 'start.hop_ms is wider than 32 bits'],
  ['a number of 33 bits', '0a 06 18 80 80 80 80 10', 'start.hop_ms is wider than 32 bits'],
  ['a negative number', '0a 0b 18 ff ff ff ff ff ff ff ff ff 01', 'start.hop_ms is wider than 32 bits'],
  ['invalid UTF-8', '0a 04 12 02 c3 28', 'start.model is not valid UTF-8'],
  ['a surrogate in UTF-8', '0a 05 12 03 ed a0 80', 'start.model is not valid UTF-8'],
  ['a message cut after its tag', '0a', 'message is not valid protobuf: it is cut short or corrupt'],
  ['audio cut short', '12 05 aa', 'audio is cut short'],
  ['a start cut short', '0a 05 18', 'start is cut short'],
  ['a string beyond its message', '0a 03 12 05 61 22 00', 'message is not valid protobuf: it is cut short or corrupt'],
  ['an endless varint', 'ff ff ff ff ff ff', 'message is not valid protobuf: it is cut short or corrupt'],
  ['no audio format', '0a 00', 'start.audio is missing; give encoding and sample_rate'],
  ['an empty audio format', '0a 02 0a 00', 'audio.encoding "" is not one of pcm_s16le, pcm_f32le, mulaw, alaw'],
];

describe('A protobuf message from a client', () => {
  for (const [fields, problem] of START_FAULTS) {
    it(`is refused: ${problem}`, () => assert.deepEqual(decodeClientProto(encoded(fields)), { ok: false, problem }));
  }

  it('is refused: start.threshold NaN is outside 0–1', () => {
    const problem = 'start.threshold NaN is outside 0–1';
    assert.deepEqual(decodeClientProto(encoded({ threshold: NaN })), { ok: false, problem });
  });

  for (const [what, hex, problem] of BAD_BYTES) {
    it(`is refused with ${what}`, () => assert.deepEqual(decodeClientProto(bytes(hex)), { ok: false, problem }));
  }

  for (const fields of START_EDGES) {
    it(`is accepted with ${JSON.stringify(fields).slice(0, 80)}`, () => {
      assert.deepEqual(decodeClientProto(encoded(fields)), { ok: true, message: filledIn(fields) });
    });
  }

  it('shares the memory of its audio with the bytes received', () => {
    const received = bytes('12 03 01 02 03');
    const decoded = decodeClientProto(received);
    assert.ok(decoded.ok && decoded.message.type === 'audio');
    assert.equal(decoded.message.bytes.buffer, received.buffer);
  });

  it('may carry audio of no bytes', () => {
    const decoded = decodeClientProto(bytes('12 00'));
    assert.ok(decoded.ok && decoded.message.type === 'audio');
    assert.equal(decoded.message.bytes.length, 0);
  });
});

describe('A protobuf message from a server', () => {
  it('may carry fields that a newer server added', () => {
    const decoded = decodeServerProto(bytes('08 03 4a 05 08 f4 03 78 01'));
    assert.deepEqual(decoded, { ok: true, message: { type: 'reconnect', seq: 3, grace_ms: 500 } });
  });

  for (const [what, hex] of [
    ['nothing', ''],
    ['no seq', '4a 00'],
    ['a truncated message', '08 03 4a 05 08'],
    ['an intent without its latency', '08 01 22 02 1a 00'],
  ] as const) {
    it(`is refused with ${what}`, () => assert.equal(decodeServerProto(bytes(hex)).ok, false));
  }
});

describe('A protobuf request to classify', () => {
  const ClassifyRequest = reflected('ClassifyRequest');
  const wav = Buffer.from('RIFF');

  for (const [fields, problem] of [
    [{}, 'classify has no recording; give wav or raw'],
    [{ wav, top_k: 101 }, 'classify.top_k 101 is outside 1–100'],
    [{ wav, model: '' }, 'classify.model "" has 0 characters, which is outside 1–128'],
    [{ raw: { content: wav } }, 'raw.audio is missing; give encoding and sample_rate'],
    [{ raw: { audio: { ...GOOD_AUDIO, channels: 9 } } }, 'audio.channels 9 is outside 1–8'],
  ] as const) {
    it(`is refused: ${problem}`, () => {
      const request = ClassifyRequest.encode(fields).finish();
      assert.deepEqual(decodeClassifyRequest(request), { ok: false, problem });
    });
  }

  it('is refused with two recordings', () => {
    const problem = 'classify has both wav and raw; give one';
    assert.deepEqual(decodeClassifyRequest(bytes('0a 01 41 12 00')), { ok: false, problem });
  });
});
