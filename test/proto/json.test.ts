import assert from 'node:assert/strict';
import { decodeClientJson, decodeServerJson } from '../../proto/wire.js';
import { filledIn, GOOD_AUDIO, START_EDGES, START_FAULTS } from './start-faults.js';

const start = (fields: object) => JSON.stringify({ type: 'start', audio: GOOD_AUDIO, ...fields });
const audio = (fields: object) => start({ audio: { ...GOOD_AUDIO, ...fields } });
const TYPES = 'start, configure, finalize, keepalive, close';

const JSON_ONLY_FAULTS: readonly [string, string][] = [
  ['', 'the text message "" is not JSON'],
  ['{nope', 'the text message "{nope" is not JSON'],
  ['x'.repeat(100), `the text message "${'x'.repeat(40)}…" is not JSON`],
  ['[]', 'the text message […] is not a JSON object'],
  ['null', 'the text message null is not a JSON object'],
  ['7', 'the text message 7 is not a JSON object'],
  ['{}', `type is missing; give one of ${TYPES}`],
  ['{"type":null}', `type null is not one of ${TYPES}`],
  ['{"type":"ready"}', `type "ready" is not one of ${TYPES}`],
  ['{"type":"constructor"}', `type "constructor" is not one of ${TYPES}`],
  ['{"type":"audio"}', 'type "audio" is not a text message; audio goes in binary messages'],
  ['{"type":"start"}', 'start.audio is missing; give encoding and sample_rate'],
  [start({ audio: null }), 'start.audio null is not an object'],
  [start({ audio: [] }), 'start.audio […] is not an object'],
  [start({ audio: 'mulaw' }), 'start.audio "mulaw" is not an object'],
  [start({ audio: { sample_rate: 8000 } }), 'audio.encoding is missing; give one of pcm_s16le, pcm_f32le, mulaw, alaw'],
  [start({ audio: { encoding: 'mulaw' } }), 'audio.sample_rate is missing; give 8000–192000'],
  [audio({ encoding: 7 }), 'audio.encoding 7 is not a string'],
  [audio({ sample_rate: '16000' }), 'audio.sample_rate "16000" is not a whole number'],
  [audio({ sample_rate: 16000.5 }), 'audio.sample_rate 16000.5 is not a whole number'],
  [audio({ sample_rate: -16000 }), 'audio.sample_rate -16000 is outside 8000–192000'],
  [audio({ sample_rate: 1e21 }), 'audio.sample_rate 1e+21 is outside 8000–192000'],
  [audio({ colour: 1 }), 'audio.colour is not a known field'],
  [start({ colour: 1 }), 'start.colour is not a known field'],
  [start({ ['x'.repeat(300)]: 1 }), `start.${'x'.repeat(40)}… is not a known field`],
  [start({ seq: 1 }), 'start.seq is not a known field'],
  ['{"type":"start","__proto__":{},"audio":{}}', 'start.__proto__ is not a known field'],
  [start({ toString: 1 }), 'start.toString is not a known field'],
  [start({ model: '' }), 'start.model "" has 0 characters, which is outside 1–128'],
  [start({ model: 7 }), 'start.model 7 is not a string'],
  [start({ model: '\ud800' }), 'start.model "\\ud800" is not valid Unicode'],
  [start({ hop_ms: -1 }), 'start.hop_ms -1 is outside 100–1000'],
  [start({ hop_ms: null }), 'start.hop_ms null is not a whole number'],
  [start({ interim: 'yes' }), 'start.interim "yes" is not true or false'],
  [start({ interim: 1 }), 'start.interim 1 is not true or false'],
  [start({ top_k: 2.5 }), 'start.top_k 2.5 is not a whole number'],
  [start({ threshold: '0.5' }), 'start.threshold "0.5" is not a number'],
  [start({ endpointing: 500 }), 'start.endpointing 500 is not an object'],
  [start({ endpointing: { quiet_ms: 1 } }), 'endpointing.quiet_ms is not a known field'],
  [start({ client_reference_id: {} }), 'start.client_reference_id {…} is not a string'],
  [start({ resume: {} }), 'resume.session_id is missing; give 1–256 characters'],
  [
    start({ resume: { session_id: 's', resume_token: 't', last_event_seq: -1 } }),
    'resume.last_event_seq -1 is outside 0–4294967295',
  ],
  ['{"type":"configure","model":"m"}', 'configure.model is not a known field'],
  ['{"type":"configure","top_k":0}', 'configure.top_k 0 is outside 1–100'],
  ['{"type":"configure","threshold":2}', 'configure.threshold 2 is outside 0–1'],
  ['{"type":"configure","endpointing":{"silence_ms":1}}', 'endpointing.silence_ms 1 is outside 200–10000'],
  ['{"type":"finalize","now":true}', 'finalize.now is not a known field'],
  ['{"type":"keepalive","n":1}', 'keepalive.n is not a known field'],
  ['{"type":"close","reason":""}', 'close.reason is not a known field'],
];

const INTENT = {
  type: 'intent',
  seq: 7,
  channel: 0,
  utterance: 0,
  status: 'final',
  start_ms: 0,
  end_ms: 960,
  intent: null,
  out_of_scope: true,
  score: 0.25,
  scores: [{ label: 'balance', score: 0.25 }],
  latency_ms: { queue: 0, infer: 3.2, total: 4 },
};

const SERVER_FAULTS: readonly [object, string][] = [
  [{ ...INTENT, type: 'start' }, 'type "start" is not one of'],
  [{ ...INTENT, seq: 0 }, 'intent.seq 0 is not a number from 1'],
  [{ ...INTENT, seq: undefined }, 'intent.seq undefined is not a number from 1'],
  [{ ...INTENT, status: 'maybe' }, 'intent.status "maybe" is not one of tentative, final'],
  [{ ...INTENT, score: undefined }, 'intent.score is missing'],
  [{ ...INTENT, scores: {} }, 'intent.scores {…} is not a list'],
  [{ ...INTENT, scores: [INTENT.scores[0], { label: 'x' }] }, 'scores[1].score is missing'],
  [{ ...INTENT, scores: [3] }, 'intent.scores[0] 3 is not an object'],
  [{ type: 'error', seq: 1, code: 'oops', message: '', retryable: false, request_id: '' }, 'error.code "oops"'],
  [{ type: 'gap', seq: 1, channel: 0, start_ms: 0, end_ms: 1, reason: 'tired' }, 'gap.reason "tired"'],
];

describe('A JSON message from a client', () => {
  for (const [fields, problem] of START_FAULTS) {
    it(`is refused: ${problem}`, () => {
      assert.deepEqual(decodeClientJson(start(fields)), { ok: false, problem });
    });
  }

  for (const [text, problem] of JSON_ONLY_FAULTS) {
    it(`is refused: ${problem}`, () => {
      assert.deepEqual(decodeClientJson(text), { ok: false, problem });
    });
  }

  for (const fields of START_EDGES) {
    it(`is accepted with ${JSON.stringify(fields).slice(0, 80)}`, () => {
      assert.deepEqual(decodeClientJson(start(fields)), { ok: true, message: filledIn(fields) });
    });
  }

  it('has one channel when it names no number of channels', () => {
    const decoded = decodeClientJson(start({ audio: { encoding: 'mulaw', sample_rate: 8_000 } }));
    assert.ok(decoded.ok && decoded.message.type === 'start');
    assert.equal(decoded.message.audio.channels, 1);
  });

  it('of configure holds only the settings that it names', () => {
    const message = { type: 'configure', endpointing: { silence_ms: 300 } };
    assert.deepEqual(decodeClientJson(JSON.stringify(message)), { ok: true, message });
  });

  it('is refused when longer than a control message needs', () => {
    const decoded = decodeClientJson(start({ model: 'm'.repeat(20_000) }));
    assert.match(decoded.ok ? '' : decoded.problem, /^the text message has \d+ characters, at most 16384 are allowed/);
  });

  it('is refused however deep it nests', () => {
    const deep = '['.repeat(8_000) + ']'.repeat(8_000);
    assert.deepEqual(decodeClientJson(`{"type":"start","audio":${deep}}`), {
      ok: false,
      problem: 'start.audio […] is not an object',
    });
  });
});

describe('A JSON message from a server', () => {
  for (const [message, problem] of SERVER_FAULTS) {
    it(`is refused: ${problem}`, () => {
      const decoded = decodeServerJson(JSON.stringify(message));
      assert.ok(!decoded.ok && decoded.problem.startsWith(problem), JSON.stringify(decoded));
    });
  }

  it('may carry fields that a newer server added', () => {
    const decoded = decodeServerJson(JSON.stringify({ ...INTENT, mood: 'calm' }));
    assert.deepEqual(decoded, { ok: true, message: INTENT });
  });
});
