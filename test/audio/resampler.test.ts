import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createResampler as createWith } from '../../server/audio/resampler.js';
import { simdPolyphase } from '../../server/audio/simd-polyphase.js';
import { hertz, type Hertz } from '../../server/domain/units.js';
import { hasSox, needs } from '../support/needs.js';
import { bytesOf, floatsOf, output, scipyPython } from './oracle.js';
import { cutsOf, decibels, joined, noise, pieces, rms, sine, splitTone } from './signal.js';

const RATES = [8000, 11_025, 12_345, 15_999, 16_001, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 191_999, 192_000];

/** A resampler as the server creates it. */
const createResampler = (rate: Hertz) => createWith(rate, simdPolyphase);

const resampled = (rate: number, input: Float32Array): Float32Array => {
  const resampler = createResampler(hertz(rate));
  return joined([resampler.push(input).slice(), resampler.flush()]);
};
/** One second of a tone at `rate`, resampled, without the edges where the filter hears the silence around it. */
const steady = (rate: number, hz: number): Float32Array => resampled(rate, sine(hz, rate, rate)).subarray(500, 15_500);
const signalToNoise = (rate: number, hz: number): number => {
  const { tone, rest } = splitTone(steady(rate, hz), hz, 16_000);
  return decibels(tone / rest);
};
const gain = (rate: number, hz: number): number =>
  decibels(splitTone(steady(rate, hz), hz, 16_000).tone / (0.5 / Math.SQRT2));
const difference = (a: Float32Array, b: Float32Array): number => {
  const from = 500;
  const to = Math.min(a.length, b.length) - 500;
  return decibels(rms(a.map((x, n) => x - b[n]!).subarray(from, to)) / rms(b.subarray(from, to)));
};
/** A second of tones all over the band that both rates can carry. */
const chord = (rate: number): Float32Array => {
  const top = 0.4 * Math.min(rate, 16_000);
  const tones = [0.01, 0.05, 0.13, 0.34, 0.55, 0.79, 0.97].map((part) => sine(part * top, rate, rate, 0.12));
  return Float32Array.from({ length: rate }, (_, n) => tones.reduce((sum, tone) => sum + tone[n]!, 0));
};

describe('resampler', () => {
  it('passes 16 kHz through without a copy', () => {
    const input = noise(320);
    assert.equal(createResampler(hertz(16_000)).push(input), input);
  });

  for (const rate of RATES) {
    it(`gives the same samples from ${rate} Hz however the input is cut`, () => {
      const length = Math.round(rate / 8);
      const input = noise(length);
      const expected = resampled(rate, input);
      const property = fc.property(cutsOf(length), (cuts) => {
        const resampler = createResampler(hertz(rate));
        const parts = pieces(input, cuts).map((piece) => resampler.push(piece).slice());
        assert.deepEqual(joined([...parts, resampler.flush()]), expected);
      });
      fc.assert(property, { numRuns: 15 });
    });

    it(`gives the same samples from ${rate} Hz in plain arithmetic as in WebAssembly, rounding apart`, () => {
      const input = noise(rate);
      const plain = createWith(hertz(rate));
      const expected = joined([plain.push(input).slice(), plain.flush()]);
      const got = resampled(rate, input);
      assert.equal(got.length, expected.length);
      assert.ok(got.every((amplitude, at) => Math.abs(amplitude - expected[at]!) < 2e-6));
    });

    it(`gives ⌈N · 16,000 / rate⌉ samples for N at ${rate} Hz`, () => {
      const property = fc.property(fc.nat({ max: 3000 }), (length) => {
        assert.equal(resampled(rate, new Float32Array(length)).length, Math.ceil((length * 16_000) / rate));
      });
      fc.assert(property);
    });

    it(`keeps a 1 kHz tone from ${rate} Hz 100 dB above everything else`, () => {
      const ratio = signalToNoise(rate, 1000);
      assert.ok(ratio >= 100, `${ratio.toFixed(1)} dB`);
    });

    it(`keeps the level of tones from ${rate} Hz within 0.1 dB over seven eighths of the band`, () => {
      const top = (7 / 16) * Math.min(rate, 16_000);
      const gains = [0.005, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1].map((part) => gain(rate, part * top));
      assert.ok(
        gains.every((value) => Math.abs(value) < 0.1),
        gains.map((value) => value.toFixed(3)).join(' '),
      );
    });

    it(`does not shift a tone from ${rate} Hz in time`, () => {
      const expected = sine(440, 16_000, 16_000).subarray(500, 15_500);
      const samples = steady(rate, 440);
      assert.ok(decibels(rms(samples.map((x, n) => x - expected[n]!)) / rms(expected)) < -90);
    });

    it(`agrees with sox rate -v from ${rate} Hz`, function () {
      needs(this, hasSox, 'sox');
      const float = ['-t', 'raw', '-e', 'float', '-b', '32', '-c', '1', '-r'];
      const args = [...float, String(rate), '-', ...float, '16000', '-', 'rate', '-v'];
      const input = chord(rate);
      const apart = difference(resampled(rate, input), floatsOf(output('sox', args, bytesOf(input))));
      assert.ok(apart < -80, `${apart.toFixed(1)} dB`);
    });
  }

  for (const rate of [8000, 11_025, 44_100, 48_000]) {
    it(`agrees with scipy.signal.resample_poly from ${rate} Hz`, function () {
      needs(this, scipyPython, 'scipy');
      const program = `
import sys, math, numpy, scipy.signal as s
rate = ${rate}; up = 16000 // math.gcd(rate, 16000); down = rate // math.gcd(rate, 16000); wide = max(up, down)
taps = s.firwin(2 * 64 * wide + 1, 0.95 / wide, window=('kaiser', 12.0))
x = numpy.frombuffer(sys.stdin.buffer.read(), '<f4').astype('f8')
sys.stdout.buffer.write(s.resample_poly(x, up, down, window=taps).astype('<f4').tobytes())`;
      const input = chord(rate);
      const apart = difference(resampled(rate, input), floatsOf(output(scipyPython, ['-c', program], bytesOf(input))));
      assert.ok(apart < -90, `${apart.toFixed(1)} dB`);
    });
  }

  for (const rate of [24_000, 44_100, 48_000, 96_000, 192_000, 191_999]) {
    it(`lets no alias of a tone above 8.5 kHz through from ${rate} Hz`, () => {
      const levels = [8_500, 9_000, 10_500, 11_900].map((hz) => decibels(rms(steady(rate, hz)) / (0.5 / Math.SQRT2)));
      assert.ok(
        levels.every((level) => level < -80),
        levels.map((level) => level.toFixed(1)).join(' '),
      );
    });
  }

  it('lets a constant through unchanged', () => {
    const samples = resampled(44_100, new Float32Array(44_100).fill(0.25)).subarray(100, -100);
    assert.ok(samples.every((sample) => Math.abs(sample - 0.25) < 1e-7));
  });

  it('stays within −1…1 when a square wave at full scale rings', () => {
    const square = Float32Array.from({ length: 4800 }, (_, n) => (n % 100 < 50 ? 1 : -1));
    assert.ok(resampled(48_000, square).every((sample) => Math.abs(sample) <= 1));
  });

  it('starts afresh after a flush', () => {
    const resampler = createResampler(hertz(44_100));
    const input = noise(3000);
    const first = joined([resampler.push(input).slice(), resampler.flush()]);
    assert.deepEqual(joined([resampler.push(input).slice(), resampler.flush()]), first);
  });

  it('keeps streams of one rate apart', () => {
    const [one, other] = [createResampler(hertz(8000)), createResampler(hertz(8000))];
    one.push(noise(1000));
    const heard = other.push(new Float32Array(1000)).slice();
    assert.deepEqual(heard, createResampler(hertz(8000)).push(new Float32Array(1000)));
  });

  it('keeps working when more rates are in use than filters are kept', () => {
    const streams = Array.from({ length: 40 }, (_, n) => createResampler(hertz(48_000 + 1000 * n)));
    const lengths = streams.map((stream, n) => stream.push(noise(48_000 + 1000 * n)).length + stream.flush().length);
    assert.deepEqual(new Set(lengths), new Set([16_000]));
  });
});
