import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createDecoder } from '../../server/audio/decoder.js';
import { SAMPLE_BYTES, type SampleEncoding } from '../../server/audio/sample-format.js';
import { hertz } from '../../server/domain/units.js';
import { hasSox, needs } from '../support/needs.js';
import { bytesOf, floatsOf, output } from './oracle.js';
import { cutsOf, joined, noise, pieces } from './signal.js';

const decoderOf = (encoding: SampleEncoding, channels = 1) =>
  createDecoder({ encoding, channels, sampleRate: hertz(8000) });
const decoded = (encoding: SampleEncoding, bytes: number[]) => [
  ...decoderOf(encoding).push(Uint8Array.from(bytes))[0]!,
];
const floats = (...values: number[]) => [...bytesOf(Float32Array.from(values))];
const doubles = (...values: number[]) => [...new Uint8Array(Float64Array.from(values).buffer)];

const ENCODINGS = Object.keys(SAMPLE_BYTES) as SampleEncoding[];
const SOX_NAMES: Record<SampleEncoding, string> = {
  pcm_u8: '-e unsigned -b 8',
  pcm_s16le: '-e signed -b 16 -L',
  pcm_s24le: '-e signed -b 24 -L',
  pcm_s32le: '-e signed -b 32 -L',
  pcm_f32le: '-e float -b 32 -L',
  pcm_f64le: '-e float -b 64 -L',
  mulaw: '-e mu-law -b 8',
  alaw: '-e a-law -b 8',
};

describe('decoder', () => {
  const cases: [SampleEncoding, number[], number[]][] = [
    ['pcm_u8', [0, 128, 255], [-1, 0, 127 / 128]],
    ['pcm_s16le', [0x00, 0x80, 0x01, 0x00, 0xff, 0x7f], [-1, 1 / 32768, 32767 / 32768]],
    ['pcm_s24le', [0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff], [-1, 2 ** -23, -(2 ** -23)]],
    ['pcm_s32le', [0, 0, 0, 0x80, 0, 0, 0, 0x40], [-1, 0.5]],
    ['pcm_f32le', floats(-1, 0.25, 1), [-1, 0.25, 1]],
    ['pcm_f64le', doubles(-1, 0.25, 1), [-1, 0.25, 1]],
    ['mulaw', [0xff, 0x00, 0x80], [0, -8031 / 8192, 8031 / 8192]],
    ['alaw', [0xd5, 0x2a, 0xaa], [1 / 4096, -4032 / 4096, 4032 / 4096]],
  ];
  for (const [encoding, bytes, expected] of cases) {
    it(`decodes ${encoding}`, () => assert.deepEqual(decoded(encoding, bytes), expected));
  }

  for (const encoding of ENCODINGS) {
    it(`agrees with sox on ${encoding}`, function () {
      needs(this, hasSox, 'sox');
      const float = ['-t', 'raw', '-e', 'float', '-b', '32', '-r', '8000', '-c', '1'];
      const raw = ['-t', 'raw', ...SOX_NAMES[encoding].split(' '), '-r', '8000', '-c', '1'];
      const bytes = output('sox', ['-D', ...float, '-', ...raw, '-'], bytesOf(noise(4000, 0.99)));
      const expected = floatsOf(output('sox', [...raw, '-', ...float, '-'], bytes));
      const samples = decoderOf(encoding).push(bytes)[0]!;
      // sox keeps 32 bits inside and rounds them to floats its own way: up to one step of a float's 24 bits.
      assert.ok(samples.every((sample, n) => Math.abs(sample - expected[n]!) <= 2 ** -24));
    });

    it(`gives the same samples of ${encoding} however the bytes are cut`, () => {
      const bytesAndCuts = fc
        .uint8Array({ maxLength: 300 })
        .chain((bytes) => fc.tuple(fc.constant(bytes), cutsOf(bytes.length)));
      const property = fc.property(fc.integer({ min: 1, max: 8 }), bytesAndCuts, (channels, [bytes, cuts]) => {
        const [whole, cut] = [decoderOf(encoding, channels), decoderOf(encoding, channels)];
        const expected = whole.push(bytes);
        const parts = pieces(bytes, cuts).map((piece) => cut.push(piece));
        const rejoined = expected.map((_, channel) => joined(parts.map((part) => part[channel]!)));
        assert.deepEqual(rejoined, expected);
        assert.equal(cut.repairedSamples, whole.repairedSamples);
        assert.equal(cut.flush(), whole.flush());
      });
      fc.assert(property);
    });
  }

  it('separates interleaved channels', () => {
    const channels = decoderOf('pcm_u8', 3).push(Uint8Array.from([128, 0, 192, 160, 64, 128]));
    assert.deepEqual(
      channels.map((samples) => [...samples]),
      [
        [0, 0.25],
        [-1, -0.5],
        [0.5, 0],
      ],
    );
  });

  it('reads a view that sits at an odd byte offset', () => {
    const bytes = Uint8Array.from([9, 0x00, 0x40, 0x00, 0xc0]).subarray(1);
    assert.deepEqual([...decoderOf('pcm_s16le').push(bytes)[0]!], [0.5, -0.5]);
  });

  it('silences floats that are not finite and clamps those outside −1…1, and counts both', () => {
    const decoder = decoderOf('pcm_f32le');
    const [samples] = decoder.push(Uint8Array.from(floats(NaN, Infinity, -Infinity, 1.5, -7, 1, -1, 0.5)));
    assert.deepEqual([...samples!], [0, 0, 0, 1, -1, 1, -1, 0.5]);
    assert.equal(decoder.repairedSamples, 5);
  });

  it('does the same for floats of eight bytes', () => {
    const decoder = decoderOf('pcm_f64le');
    assert.deepEqual([...decoder.push(Uint8Array.from(doubles(NaN, 1e300, -2, 0.5)))[0]!], [0, 0, -1, 0.5]);
    assert.equal(decoder.repairedSamples, 3);
  });

  it('says at the flush how many bytes of an incomplete group were left', () => {
    const decoder = decoderOf('pcm_s16le', 2);
    decoder.push(new Uint8Array(4 * 7 + 3));
    assert.equal(decoder.flush(), 3);
  });

  it('says 0 at the flush after whole groups', () => {
    const decoder = decoderOf('pcm_s16le', 2);
    decoder.push(new Uint8Array(4 * 7));
    assert.equal(decoder.flush(), 0);
  });

  it('starts with a whole group after a flush', () => {
    const decoder = decoderOf('pcm_s16le');
    decoder.push(Uint8Array.from([1]));
    decoder.flush();
    assert.deepEqual([...decoder.push(Uint8Array.from([0x00, 0x40]))[0]!], [0.5]);
  });

  it('keeps no reference to the bytes it was given', () => {
    const decoder = decoderOf('pcm_s16le');
    const bytes = Uint8Array.from([0x00]);
    decoder.push(bytes);
    bytes[0] = 0xff;
    assert.deepEqual([...decoder.push(Uint8Array.from([0x40]))[0]!], [0.5]);
  });

  it('gives an empty array per channel for no bytes', () => {
    assert.deepEqual(decoderOf('mulaw', 2).push(new Uint8Array(0)), [new Float32Array(0), new Float32Array(0)]);
  });

  it('decodes a long recording cut at random as in one piece', () => {
    const bytes = bytesOf(noise(20_000));
    const expected = decoderOf('pcm_f32le').push(bytes)[0]!;
    const property = fc.property(cutsOf(bytes.length), (cuts) => {
      const decoder = decoderOf('pcm_f32le');
      assert.deepEqual(joined(pieces(bytes, cuts).map((piece) => decoder.push(piece)[0]!)), expected);
    });
    fc.assert(property, { numRuns: 20 });
  });
});
