import { hertz } from '../domain/units.js';
import { otherFileIn } from './other-file.js';
import {
  HIGHEST_RATE,
  LOWEST_RATE,
  MOST_CHANNELS,
  SAMPLE_BYTES,
  type SampleEncoding,
  type SampleFormat,
} from './sample-format.js';

/** The audio of a WAV file. */
export interface WavAudio {
  readonly kind: 'audio';
  readonly format: SampleFormat;
  readonly audio: Uint8Array;
  /** Bytes of audio that the file declares and does not have: 0, unless it was cut short. */
  readonly missingBytes: number;
}

/** What a WAV file holds, or what is wrong with it: the offending value, and what would be right. */
export type WavReading = WavAudio | { readonly kind: 'problem'; readonly message: string };

/** How WAV files begin: RF64 and BW64 are those that may have more than 4 GB, and some programs write short ones, too. */
const OPENINGS: readonly string[] = ['RIFF', 'RF64', 'BW64'];

/** Whether these bytes begin like a WAV file. */
export const isWavOpening = (bytes: Uint8Array): boolean =>
  OPENINGS.includes(String.fromCharCode(...bytes.subarray(0, 4)));

/**
 * Reads a RIFF/WAVE file (Microsoft, Multimedia Programming Interface and Data Specifications 1.0, 1991;
 * WAVE_FORMAT_EXTENSIBLE: Multiple Channel Audio Data and WAVE Files, 2001), also as RF64 (EBU Tech 3306) or BW64
 * (ITU-R BS.2088). `audio` is a view of whole sample groups in `bytes`; a file cut short, or streamed without its length,
 * gives the groups that are there.
 */
export function readWav(bytes: Uint8Array): WavReading {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opening = problemOfOpening(file, bytes);
  if (opening !== null) return problem(opening);
  let format: SampleFormat | null = null;
  for (const chunk of chunksOf(file)) {
    if (chunk.id === 'fmt ') {
      const read = readFormat(chunk.body);
      if (typeof read === 'string') return problem(read);
      format = read;
    }
    if (chunk.id === 'data') return format ? audioOf(chunk, format) : problem('its "data" chunk comes before "fmt "');
  }
  return problem(`it has no "${format ? 'data' : 'fmt '}" chunk`);
}

const problem = (what: string): WavReading => ({
  kind: 'problem',
  message: `not a WAV file that can be read: ${what}`,
});

function problemOfOpening(file: DataView, bytes: Uint8Array): string | null {
  if (file.byteLength < 12) return `it ends after ${file.byteLength} bytes; a RIFF header alone has 12`;
  if (!isWavOpening(bytes)) {
    const kind = otherFileIn(bytes);
    const advice = kind === null ? '' : `: it is ${kind}; let ffmpeg or sox make a WAV of it`;
    return `it begins with ${JSON.stringify(textAt(file, 0))}, not "RIFF"${advice}`;
  }
  if (textAt(file, 8) !== 'WAVE') return `its RIFF form is ${JSON.stringify(textAt(file, 8))}, not "WAVE"`;
  return null;
}

interface Chunk {
  readonly id: string;
  readonly body: DataView;
  /** Bytes that its header declares beyond the end of the file. */
  readonly missing: number;
}

/** The chunks of a file, in order; each as long as its header says, but not beyond the end of the file. */
function* chunksOf(file: DataView): Generator<Chunk> {
  for (let at = 12; at + 8 <= file.byteLength;) {
    const id = textAt(file, at);
    const rest = file.byteLength - at - 8;
    const declared = sizeOf(file, id, at);
    const size = Math.min(declared, rest);
    yield { id, body: new DataView(file.buffer, file.byteOffset + at + 8, size), missing: declared - size };
    at += 8 + size + (size % 2);
  }
}

/** From here on a size that the file does not have stands for one that is not known: sox writes 2³¹ − 4096, others more. */
const LEAST_UNKNOWN = 0x7fff_0000;

/** The size of a chunk in bytes. A program that writes to a pipe cannot fill it in later: it stays 0 or a very great number. */
function sizeOf(file: DataView, id: string, at: number): number {
  const rest = file.byteLength - at - 8;
  const size = file.getUint32(at + 4, true);
  if (id !== 'data') return size;
  const longSize = size === ELSEWHERE ? longSizeIn(file) : 0;
  if (longSize > 0) return longSize;
  const riffSize = file.getUint32(4, true);
  const isUnknown = size === 0 ? riffSize + 8 !== file.byteLength : size > rest && size >= LEAST_UNKNOWN;
  return isUnknown ? rest : size;
}

/** In RF64 and BW64, a size that the first chunk tells. */
const ELSEWHERE = 0xffff_ffff;

/** The size of the data that the first chunk of RF64 and BW64 tells in 64 bits; 0 where it is not known. */
const longSizeIn = (file: DataView): number =>
  file.byteLength >= 36 && textAt(file, 12) === 'ds64' ? Number(file.getBigInt64(28, true)) : 0;

function audioOf({ body, missing }: Chunk, format: SampleFormat): WavAudio {
  const groupBytes = SAMPLE_BYTES[format.encoding] * format.channels;
  const whole = body.byteLength - (body.byteLength % groupBytes);
  const audio = new Uint8Array(body.buffer, body.byteOffset, whole);
  return { kind: 'audio', format, audio, missingBytes: missing };
}

/** The format that a "fmt " chunk describes, or what is wrong with it. */
function readFormat(body: DataView): SampleFormat | string {
  if (body.byteLength < 16) return `its "fmt " chunk has ${body.byteLength} bytes; at least 16 are needed`;
  const channels = body.getUint16(2, true);
  const rate = body.getUint32(4, true);
  const groupBytes = body.getUint16(12, true);
  const encoding = readEncoding(body);
  if ('problem' in encoding) return encoding.problem;
  if (channels < 1 || channels > MOST_CHANNELS) return `${channels} channels are outside 1–${MOST_CHANNELS}`;
  if (rate < LOWEST_RATE || rate > HIGHEST_RATE) return `its rate ${rate} Hz is outside ${LOWEST_RATE}–${HIGHEST_RATE}`;
  const expected = SAMPLE_BYTES[encoding.name] * channels;
  if (groupBytes !== expected)
    return `its block align is ${groupBytes}; ${channels} × ${encoding.name} takes ${expected}`;
  return { encoding: encoding.name, sampleRate: hertz(rate), channels };
}

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

/** Encodings by format tag, then by bits per sample. */
const ENCODINGS: Readonly<Record<number, Readonly<Record<number, SampleEncoding>>>> = {
  [PCM]: { 8: 'pcm_u8', 16: 'pcm_s16le', 24: 'pcm_s24le', 32: 'pcm_s32le' },
  [FLOAT]: { 32: 'pcm_f32le', 64: 'pcm_f64le' },
  [ALAW]: { 8: 'alaw' },
  [MULAW]: { 8: 'mulaw' },
};

function readEncoding(body: DataView): { name: SampleEncoding } | { problem: string } {
  const tag = formatTag(body);
  if (typeof tag === 'string') return { problem: tag };
  const bits = body.getUint16(14, true);
  const byBits = ENCODINGS[tag];
  if (!byBits) return { problem: `its format tag 0x${tag.toString(16)} is none of ${KNOWN_TAGS}` };
  const name = byBits[bits];
  return name ? { name } : { problem: `${bits} bits per sample are not ${Object.keys(byBits).join(', ')}` };
}

const KNOWN_TAGS = '1 (PCM), 3 (float), 6 (A-law), 7 (µ-law), 0xfffe (extensible)';

/** What follows the tag in the GUID of an extensible format, from byte 26 of the chunk on. */
const GUID_TAIL = '000000001000800000aa00389b71';

/** The tag of the chunk, or of the sub-format that an extensible one names. */
function formatTag(body: DataView): number | string {
  const tag = body.getUint16(0, true);
  if (tag !== EXTENSIBLE) return tag;
  if (body.byteLength < 40) return `its extensible "fmt " chunk has ${body.byteLength} bytes; 40 are needed`;
  const guidTail = Array.from({ length: 14 }, (_, at) =>
    body
      .getUint8(26 + at)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
  return guidTail === GUID_TAIL
    ? body.getUint16(24, true)
    : `its sub-format GUID ends in ${guidTail}, not ${GUID_TAIL}`;
}

const textAt = (file: DataView, at: number): string =>
  String.fromCharCode(...new Uint8Array(file.buffer, file.byteOffset + at, 4));
