import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createDecoder } from '../../server/audio/decoder.js';
import { readWav, type WavReading } from '../../server/audio/wav.js';
import { hasSox, needs } from '../support/needs.js';
import { bytesOf, floatsOf, hasFfmpeg, output } from './oracle.js';
import { noise } from './signal.js';

const u16 = (value: number): number[] => [value & 255, value >> 8];
const u32 = (value: number): number[] => [...u16(value % 65536), ...u16(Math.floor(value / 65536))];
const text = (letters: string): number[] => [...Buffer.from(letters, 'latin1')];
const chunk = (id: string, body: number[], size = body.length): number[] => [
  ...text(id),
  ...u32(size),
  ...body,
  ...(body.length % 2 ? [0] : []),
];
const riff = (chunks: number[][], size = 4 + chunks.flat().length): Uint8Array =>
  Uint8Array.from([...text('RIFF'), ...u32(size), ...text('WAVE'), ...chunks.flat()]);

interface Fields {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  align?: number;
  rest?: number[];
}
const fmt = ({ tag = 1, channels = 1, rate = 8000, bits = 16, align, rest = [] }: Fields = {}): number[] => {
  const group = align ?? Math.ceil((bits * channels) / 8);
  return chunk('fmt ', [
    ...u16(tag),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * group),
    ...u16(group),
    ...u16(bits),
    ...rest,
  ]);
};
const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const extension = (tag: number, guidTail = GUID_TAIL): number[] => [
  ...u16(22),
  ...u16(16),
  ...u32(4),
  ...u16(tag),
  ...guidTail,
];

const audio = (reading: WavReading): number[] => {
  assert.equal(reading.kind, 'audio', JSON.stringify(reading));
  return [...reading.audio];
};
const message = (reading: WavReading): string => {
  assert.equal(reading.kind, 'problem');
  return reading.message;
};
const BODY = [1, 2, 3, 4];

describe('readWav', () => {
  it('reads format and audio', () => {
    assert.deepEqual(readWav(riff([fmt({ channels: 2, rate: 44_100 }), chunk('data', BODY)])), {
      kind: 'audio',
      format: { encoding: 'pcm_s16le', sampleRate: 44_100, channels: 2 },
      audio: Uint8Array.from(BODY),
      missingBytes: 0,
    });
  });

  it('gives a view, not a copy', () => {
    const bytes = riff([fmt(), chunk('data', BODY)]);
    const reading = readWav(bytes);
    assert.equal(reading.kind === 'audio' && reading.audio.buffer, bytes.buffer);
  });

  it('reads a view at an odd offset', () => {
    const bytes = Uint8Array.from([0, ...riff([fmt(), chunk('data', BODY)])]).subarray(1);
    assert.deepEqual(audio(readWav(bytes)), BODY);
  });

  for (const [name, bytes] of [
    [
      'skips chunks before the data, padded to even lengths',
      riff([chunk('LIST', [1, 2, 3]), fmt(), chunk('fact', [1]), chunk('data', BODY)]),
    ],
    ['leaves out chunks after the data', riff([fmt(), chunk('data', BODY), chunk('LIST', [9, 9])])],
    ['takes what is there when the size was never filled in: 0', riff([fmt(), chunk('data', BODY, 0)], 0)],
    [
      'takes what is there when the size was never filled in: 0xffffffff',
      riff([fmt(), chunk('data', BODY, 0xffffffff)], 0xffffffff),
    ],
    ['takes the whole samples of a file cut short', riff([fmt(), chunk('data', [...BODY, 5], 1000)]).subarray(0, -1)],
    ['reads an extensible format', riff([fmt({ tag: 0xfffe, rest: extension(1) }), chunk('data', BODY)])],
  ] as const) {
    it(name, () => assert.deepEqual(audio(readWav(bytes)), BODY));
  }

  for (const [name, size, missing] of [
    ['that was cut short', 1000, 996],
    ['whose size was never filled in: 0', 0, 0],
    ['whose size was never filled in: 0xffffffff', 0xffffffff, 0],
    ['whose size was never filled in, as sox leaves it', 0x7ffff000, 0],
    ['whose size was never filled in, as arecord leaves it', 0x80000000, 0],
  ] as const)
    it(`tells that ${missing} bytes are missing of a file ${name}`, () => {
      const reading = readWav(riff([fmt(), chunk('data', BODY, size)], size));
      assert.equal(reading.kind === 'audio' && reading.missingBytes, missing);
    });

  it('finds no audio in a finished file whose data is empty', () => {
    assert.deepEqual(audio(readWav(riff([fmt(), chunk('data', []), chunk('LIST', [1, 2, 3, 4])]))), []);
  });

  const data = chunk('data', BODY);
  const problems: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(0), 'it ends after 0 bytes; a RIFF header alone has 12'],
    [
      'an MP3',
      Uint8Array.from([...text('ID3'), ...Array<number>(20).fill(3)]),
      'it begins with "ID3\\u0003", not "RIFF": it is an MP3; let ffmpeg or sox make a WAV of it',
    ],
    [
      'an M4A',
      Uint8Array.from([0, 0, 0, 32, ...text('ftypM4A '), ...Array<number>(20).fill(0)]),
      'it begins with "\\u0000\\u0000\\u0000 ", not "RIFF": it is MP4 (such as M4A); let ffmpeg or sox make a WAV of it',
    ],
    ['what is no audio file', Uint8Array.from(text('{"keys": []}')), 'it begins with "{\\"ke", not "RIFF"'],
    ['a film', Uint8Array.from([...text('RIFF'), ...u32(4), ...text('AVI ')]), 'its RIFF form is "AVI ", not "WAVE"'],
    ['no chunk', riff([]), 'it has no "fmt " chunk'],
    ['no format', riff([chunk('LIST', BODY)]), 'it has no "fmt " chunk'],
    ['no data', riff([fmt()]), 'it has no "data" chunk'],
    ['data first', riff([data, fmt()]), 'its "data" chunk comes before "fmt "'],
    [
      'a short format',
      riff([chunk('fmt ', [1, 0, 1, 0]), data]),
      'its "fmt " chunk has 4 bytes; at least 16 are needed',
    ],
    [
      'MP3 inside',
      riff([fmt({ tag: 0x55 }), data]),
      'its format tag 0x55 is none of 1 (PCM), 3 (float), 6 (A-law), 7 (µ-law), 0xfffe (extensible)',
    ],
    ['12 bits', riff([fmt({ bits: 12, align: 2 }), data]), '12 bits per sample are not 8, 16, 24, 32'],
    ['µ-law of 16 bits', riff([fmt({ tag: 7 }), data]), '16 bits per sample are not 8'],
    ['no channel', riff([fmt({ channels: 0 }), data]), '0 channels are outside 1–8'],
    ['nine channels', riff([fmt({ channels: 9 }), data]), '9 channels are outside 1–8'],
    ['a low rate', riff([fmt({ rate: 7999 }), data]), 'its rate 7999 Hz is outside 8000–192000'],
    ['a high rate', riff([fmt({ rate: 384_000 }), data]), 'its rate 384000 Hz is outside 8000–192000'],
    ['a wrong block', riff([fmt({ channels: 2, align: 3 }), data]), 'its block align is 3; 2 × pcm_s16le takes 4'],
    [
      'a short extension',
      riff([fmt({ tag: 0xfffe }), data]),
      'its extensible "fmt " chunk has 16 bytes; 40 are needed',
    ],
    [
      'an unknown sub-format',
      riff([fmt({ tag: 0xfffe, rest: extension(2) }), data]),
      'its format tag 0x2 is none of 1 (PCM), 3 (float), 6 (A-law), 7 (µ-law), 0xfffe (extensible)',
    ],
    [
      'a foreign sub-format',
      riff([fmt({ tag: 0xfffe, rest: extension(1, GUID_TAIL.with(0, 0xab)) }), data]),
      'its sub-format GUID ends in ab0000001000800000aa00389b71, not 000000001000800000aa00389b71',
    ],
  ];
  for (const [name, bytes, what] of problems) {
    it(`names the problem with ${name}`, () => {
      assert.equal(message(readWav(bytes)), `not a WAV file that can be read: ${what}`);
    });
  }

  it('answers any bytes without throwing', () => {
    const start = [...text('RIFF'), ...u32(0), ...text('WAVE')];
    const tail = fc.array(fc.oneof(fc.constant(fmt()), fc.constant(text('data')), fc.array(fc.nat({ max: 255 }))));
    fc.assert(fc.property(tail, (parts) => void readWav(Uint8Array.from([...start, ...parts.flat()]))));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readWav(bytes)));
  });
});

const INPUT = bytesOf(noise(4410, 0.9));
const decoded = (bytes: Uint8Array): Float32Array[] => {
  const reading = readWav(bytes);
  assert.equal(reading.kind, 'audio', JSON.stringify(reading));
  return createDecoder(reading.format).push(reading.audio);
};
const assertSame = (actual: Float32Array, expected: Float32Array): void => {
  assert.equal(actual.length, expected.length);
  // Programs round 32 bits to a float's 24 in their own ways.
  assert.ok(actual.every((sample, n) => Math.abs(sample - expected[n]!) <= 2 ** -24));
};

describe('readWav on files of other programs', () => {
  const soxEncodings = [
    'unsigned 8',
    'signed 16',
    'signed 24',
    'signed 32',
    'float 32',
    'float 64',
    'mu-law 8',
    'a-law 8',
  ];
  for (const encoding of soxEncodings) {
    it(`reads ${encoding} bits as sox writes it, mono, to a pipe`, function () {
      needs(this, hasSox, 'sox');
      const [name, bits] = encoding.split(' ') as [string, string];
      const raw = ['-t', 'raw', '-e', 'float', '-b', '32', '-r', '44100', '-c', '1', '-'];
      const file = output('sox', ['-D', ...raw, '-t', 'wav', '-e', name, '-b', bits, '-'], INPUT);
      const expected = output('sox', ['-t', 'wav', '--ignore-length', '-', ...raw], file);
      assertSame(decoded(file)[0]!, floatsOf(expected));
    });
  }

  for (const codec of [
    'pcm_u8',
    'pcm_s16le',
    'pcm_s24le',
    'pcm_s32le',
    'pcm_f32le',
    'pcm_f64le',
    'pcm_mulaw',
    'pcm_alaw',
  ]) {
    it(`reads ${codec} as ffmpeg writes it, two channels, to a pipe`, function () {
      needs(this, hasFfmpeg, 'ffmpeg');
      const raw = ['-f', 'f32le', '-ar', '48000', '-ac', '2'];
      const quiet = ['-hide_banner', '-loglevel', 'error'];
      const file = output('ffmpeg', [...quiet, ...raw, '-i', '-', '-c:a', codec, '-f', 'wav', '-'], INPUT);
      const expected = floatsOf(output('ffmpeg', [...quiet, '-i', '-', ...raw, '-'], file));
      for (const [channel, samples] of decoded(file).entries()) {
        assertSame(
          samples,
          expected.filter((_, n) => n % 2 === channel),
        );
      }
    });
  }
});
