import type { Encoding } from '../../proto/client-messages.js';
import { kindOf } from './chunk-bytes.js';
import { EarshotError } from './earshot-error.js';
import { leavable } from './leavable.js';
import type { AudioOptions } from './stream-options.js';

/** A WAV file, ready to be sent over a stream. */
export interface WavStream {
  /** The `audio` option for `createStream`. */
  readonly audio: Required<AudioOptions>;
  /**
   * The encoded samples, in chunks as they are read. Anything after the samples in the file is left out. The source is open until
   * they have been read or left; where they are not read at all, `chunks.return()` closes it. So it does while a chunk is waited
   * for that the source may never give, if the source is a Readable.
   */
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

const EXTENSIBLE = 0xfffe;
/** Most bytes of a header; a longer one is refused. */
const LONGEST_HEADER = 1024 * 1024;
/** The length of samples that is not known, or is told elsewhere. */
const UNKNOWN = 0xffff_ffff;
/** Format tag and bits per sample → encoding. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  '1/16': 'pcm_s16le',
  '3/32': 'pcm_f32le',
  '6/8': 'alaw',
  '7/8': 'mulaw',
};

interface Header {
  readonly audio: Required<AudioOptions>;
  readonly start: number;
  /** Bytes of samples; Infinity (unknown) if the file was written to a pipe. */
  readonly length: number;
}

/**
 * Reads a WAV file from any source of bytes, such as a file stream or a pipe. Rejects with EarshotError `bad_request` when it is not
 * a WAV file of 16-bit PCM, 32-bit float, µ-law or A-law.
 */
export async function readWav(source: AsyncIterable<Uint8Array>): Promise<WavStream> {
  if (typeof (source as Partial<typeof source> | null | undefined)?.[Symbol.asyncIterator] !== 'function') {
    const right = 'give createReadStream(path) for a file, Readable.from([bytes]) for bytes';
    throw new EarshotError('bad_request', `readWav reads a stream of bytes, but was given ${kindOf(source)}; ${right}`);
  }
  const bytes = source[Symbol.asyncIterator]();
  try {
    const { header, head } = await headerOf(bytes);
    const chunks = samplesOf(head.subarray(header.start), bytes, header.length);
    // A generator that has not begun would not close the source on `return`.
    await chunks.next();
    return { audio: header.audio, chunks: leavable(chunks, source) };
  } catch (problem) {
    await bytes.return?.();
    throw problem;
  }
}

/** Reads the header; `head` is everything that was read for it, which may include samples. */
async function headerOf(bytes: AsyncIterator<Uint8Array>): Promise<{ header: Header; head: Uint8Array }> {
  let head: Uint8Array = new Uint8Array(0);
  for (;;) {
    const header = headerIn(head);
    if (header !== null) return { header, head };
    const next = await bytes.next();
    if (next.done) throw wrong(`it ends after ${head.length} bytes, before any samples`);
    if (head.length > LONGEST_HEADER) throw wrong(`it has no samples in its first ${LONGEST_HEADER} bytes`);
    if (kindOf(next.value) !== 'Uint8Array') throw wrong(`its source gives ${kindOf(next.value)} instead of bytes`);
    head = joined(head, next.value);
  }
}

/** Yields an empty chunk as soon as it is asked, then the samples; closes `rest` at its end, however it ends. */
async function* samplesOf(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = length;
  try {
    yield first.subarray(0, 0);
    for (let chunk = first; ;) {
      const taken = chunk.subarray(0, Math.min(chunk.length, left));
      left -= taken.length;
      if (taken.length > 0) yield taken;
      if (left === 0) return;
      const next = await rest.next();
      if (next.done) return;
      chunk = next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** Parses the header; null while it is incomplete. */
function headerIn(head: Uint8Array): Header | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const name = (at: number): string => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < 12) return null;
  if (!['RIFF', 'RF64', 'BW64'].includes(name(0)) || name(8) !== 'WAVE')
    throw wrong('it does not begin with RIFF … WAVE');
  let audio: Required<AudioOptions> | null = null;
  let longLength = Infinity;
  for (let at = 12; at + 8 <= head.length;) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name(at) === 'data') {
      if (audio === null) throw wrong('its samples come before its format');
      return { audio, start, length: lengthOf(size, longLength) };
    }
    if (start + size > head.length) return null;
    if (name(at) === 'ds64') longLength = longLengthIn(view, start, size);
    if (name(at) === 'fmt ') audio = formatIn(view, start, size);
    at = start + size + (size % 2);
  }
  return null;
}

/**
 * The length of the samples that RF64 (EBU Tech 3306) and BW64 tell in 64 bits, after that of the file; Infinity if it is not
 * known.
 */
const longLengthIn = (view: DataView, start: number, size: number): number =>
  (size < 16 ? 0 : Number(view.getBigUint64(start + 8, true))) || Infinity;

function lengthOf(size: number, longLength: number): number {
  if (size === UNKNOWN) return longLength;
  return size === 0 ? Infinity : size;
}

function formatIn(view: DataView, start: number, size: number): Required<AudioOptions> {
  if (size < 16) throw wrong(`its format chunk has ${size} bytes, of 16 at least`);
  const tag = view.getUint16(start, true);
  const kind = tag === EXTENSIBLE && size >= 26 ? view.getUint16(start + 24, true) : tag;
  const bits = view.getUint16(start + 14, true);
  const encoding = ENCODINGS[`${kind}/${bits}`];
  if (encoding === undefined)
    throw wrong(`format ${kind} with ${bits} bits is not carried; give 16-bit PCM, 32-bit float, mu-law or A-law`);
  return { encoding, sampleRate: view.getUint32(start + 4, true), channels: view.getUint16(start + 2, true) };
}

function joined(head: Uint8Array, next: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + next.length);
  all.set(head);
  all.set(next, head.length);
  return all;
}

const wrong = (what: string): EarshotError => new EarshotError('bad_request', `no WAV that can be streamed: ${what}`);
