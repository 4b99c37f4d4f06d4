import assert from 'node:assert/strict';
import { classifyFromQuery, startFromQuery } from '../../proto/wire.js';
import { filledIn, GOOD_AUDIO, START_EDGES, START_FAULTS } from './start-faults.js';

/** A start's fields as a caller writes them in a URL. */
function parametersOf({ audio = GOOD_AUDIO, endpointing = {}, ...own }: Record<string, unknown>): URLSearchParams {
  const flat: Record<string, unknown> = { ...(audio as object), ...(endpointing as object), ...own };
  return new URLSearchParams(Object.entries(flat).map(([name, value]): [string, string] => [name, String(value)]));
}

const FORMAT = 'encoding=mulaw&sample_rate=8000';

const STREAM_FAULTS: readonly [string, string][] = [
  [`${FORMAT}&interim=1`, 'start.interim "1" is not true or false'],
  [`${FORMAT}&interim=TRUE`, 'start.interim "TRUE" is not true or false'],
  ['encoding=mulaw&sample_rate=8k', 'audio.sample_rate "8k" is not a whole number'],
  ['encoding=mulaw&sample_rate=0x1f40', 'audio.sample_rate "0x1f40" is not a whole number'],
  ['encoding=mulaw&sample_rate=8000.5', 'audio.sample_rate 8000.5 is not a whole number'],
  [`${FORMAT}&threshold=NaN`, 'start.threshold "NaN" is not a number'],
  [`${FORMAT}&hop_ms=-1`, 'start.hop_ms -1 is outside 100–1000'],
  ['sample_rate=8000', 'audio.encoding is missing; give one of pcm_s16le, pcm_f32le, mulaw, alaw'],
  ['encoding=&sample_rate=8000', 'audio.encoding is missing; give one of pcm_s16le, pcm_f32le, mulaw, alaw'],
  ['model=m', 'audio.encoding is missing; give one of pcm_s16le, pcm_f32le, mulaw, alaw'],
  [
    `${FORMAT}&client_reference_id=M%FCller`,
    'client_reference_id is not valid UTF-8; percent-encode the bytes of UTF-8',
  ],
  [`${FORMAT}&model=a&model=b`, 'model is given twice; give it once'],
];

const UNKNOWN = ['colour', 'audio', 'resume', 'type', '__proto__', 'constructor'];

const CLASSIFY_FAULTS: readonly [string, string][] = [
  ['top_k=0', 'classify.top_k 0 is outside 1–100'],
  ['top_k=all', 'classify.top_k "all" is not a whole number'],
  ['encoding=mulaw', 'audio.sample_rate is missing; give 8000–192000'],
  ['sample_rate=8000', 'audio.encoding is missing; give one of pcm_s16le, pcm_f32le, mulaw, alaw'],
  [`${FORMAT}&channels=9`, 'audio.channels 9 is outside 1–8'],
  ['hop_ms=500', 'hop_ms is not a known parameter; give encoding, sample_rate, channels, model, top_k'],
  ['wav=x', 'wav is not a known parameter; give encoding, sample_rate, channels, model, top_k'],
];

describe('A stream start in a URL', () => {
  for (const [fields, problem] of START_FAULTS) {
    it(`is refused: ${problem}`, () => assert.deepEqual(startFromQuery(parametersOf(fields)), { ok: false, problem }));
  }

  for (const [query, problem] of STREAM_FAULTS) {
    it(`is refused: ?${query}`, () => {
      assert.deepEqual(startFromQuery(new URLSearchParams(query)), { ok: false, problem });
    });
  }

  for (const name of UNKNOWN) {
    it(`is refused when it names ${name}`, () => {
      const decoded = startFromQuery(new URLSearchParams(`${FORMAT}&${name}=1`));
      assert.ok(!decoded.ok && decoded.problem.startsWith(`${name} is not a known parameter; give encoding,`));
    });
  }

  for (const fields of START_EDGES) {
    it(`means the same as the message: ${JSON.stringify(fields).slice(0, 80)}`, () => {
      assert.deepEqual(startFromQuery(parametersOf(fields)), { ok: true, message: filledIn(fields) });
    });
  }

  it('takes an empty value as not given', () => {
    const audio = { encoding: 'mulaw', sample_rate: 8_000, channels: 1 };
    const decoded = startFromQuery(new URLSearchParams(`${FORMAT}&model=&hop_ms=`));
    assert.deepEqual(decoded, { ok: true, message: filledIn({ audio }) });
  });
});

describe('A one-shot classification in a URL', () => {
  for (const [query, problem] of CLASSIFY_FAULTS) {
    it(`is refused: ?${query}`, () => {
      assert.deepEqual(classifyFromQuery(new URLSearchParams(query)), { ok: false, problem });
    });
  }

  it('expects a WAV file when it names no encoding', () => {
    assert.deepEqual(classifyFromQuery(new URLSearchParams('model=&top_k=')), { ok: true, message: { top_k: 5 } });
  });

  it('describes raw audio', () => {
    const message = { top_k: 2, model: 'm', audio: { encoding: 'mulaw', sample_rate: 8_000, channels: 2 } };
    const query = new URLSearchParams(`${FORMAT}&channels=2&model=m&top_k=2`);
    assert.deepEqual(classifyFromQuery(query), { ok: true, message });
  });
});
