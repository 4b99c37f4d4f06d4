import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createDecoder } from '../../server/audio/decoder.js';
import { SAMPLE_BYTES, type SampleEncoding } from '../../server/audio/sample-format.js';
import { simdDecoding, varianceOf } from '../../server/audio/simd-samples.js';
import { hertz } from '../../server/domain/units.js';
import { cutsOf, noise, pieces } from './signal.js';

const ENCODINGS = Object.keys(SAMPLE_BYTES) as SampleEncoding[];

/** Both decoders of a format, fed with the same pieces: what they say of each. */
const both = (encoding: SampleEncoding, channels: number, parts: readonly Uint8Array[]) =>
  [undefined, simdDecoding].map((means) => {
    const decoder = createDecoder({ encoding, channels, sampleRate: hertz(8000) }, means);
    return parts.map((part) => decoder.push(part).map((samples) => samples.slice()));
  });

describe('decoding in WebAssembly', () => {
  for (const encoding of ENCODINGS) {
    it(`gives the samples of ${encoding} that the plain decoder gives, however the bytes are cut`, () => {
      const bytesAndCuts = fc
        .uint8Array({ maxLength: 300 })
        .chain((bytes) => fc.tuple(fc.constant(bytes), cutsOf(bytes.length)));
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 3 }), bytesAndCuts, (channels, [bytes, cuts]) => {
          const [plain, fast] = both(encoding, channels, pieces(bytes, cuts));
          assert.deepEqual(fast, plain);
        }),
      );
    });

    it(`does so where ${encoding} takes several blocks and more memory`, () => {
      const bytes = Uint8Array.from({ length: 400_000 }, (_, n) => (n * 2654435761) >>> 13);
      const [plain, fast] = both(encoding, 1, [bytes, bytes.subarray(0, 3), bytes.subarray(7, 150_000)]);
      assert.deepEqual(fast, plain);
    });
  }
});

describe('the variance', () => {
  it('agrees with two passes over the samples', () => {
    const offset = fc.double({ min: -1, max: 1, noNaN: true });
    const range = fc.tuple(fc.nat(15_999), fc.integer({ min: 1, max: 700 }));
    fc.assert(
      fc.property(offset, fc.double({ min: 0, max: 1, noNaN: true }), range, (mean, amplitude, [from, length]) => {
        const samples = noise(16_000, amplitude).map((sample) => sample + mean);
        const to = Math.min(samples.length, from + length);
        const part = samples.subarray(from, to);
        assert.ok(Math.abs(varianceOf(part) - twoPasses(part)) <= 1e-13);
      }),
    );
  });

  it('is 0 of no samples', () => assert.equal(varianceOf(new Float32Array(0)), 0));

  it('refuses more than a frame', () => {
    assert.throws(() => varianceOf(new Float32Array(16_001)), RangeError);
  });
});

const twoPasses = (samples: Float32Array): number => {
  const all = [...samples];
  const mean = all.reduce((sum, sample) => sum + sample, 0) / all.length;
  return all.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / all.length;
};
