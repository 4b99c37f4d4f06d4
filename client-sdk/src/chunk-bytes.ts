import type { Encoding } from '../../proto/wire.js';
import { EarshotError } from './earshot-error.js';

/** Audio to send: bytes in the stream's encoding, or samples where the encoding is theirs. */
export type Chunk = Uint8Array | ArrayBuffer | Int16Array | Float32Array;

/** What a chunk may be, and which encoding its samples are of; null where they are bytes. */
const KINDS: Readonly<Record<string, Encoding | null>> = {
  Uint8Array: null,
  ArrayBuffer: null,
  Int16Array: 'pcm_s16le',
  Float32Array: 'pcm_f32le',
};

/** The bytes of a chunk, not copied; throws EarshotError `bad_request` when it is none, or its samples are not of the stream's encoding. */
export function chunkBytes(chunk: Chunk, encoding: Encoding): Uint8Array {
  const kind = kindOf(chunk);
  const own = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (own === undefined) throw wrong(`a chunk of type ${kind} is no audio`, encoding);
  if (own !== null && own !== encoding) throw wrong(`${kind} is ${own}, but the stream is ${encoding}`, encoding);
  return ArrayBuffer.isView(chunk)
    ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : new Uint8Array(chunk);
}

/** The built-in type of a value by its name, of whatever realm (a frame, a sandbox of tests) it comes from. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1);

const wrong = (what: string, encoding: Encoding): EarshotError =>
  new EarshotError('bad_request', `${what}; send a Uint8Array of ${encoding}`);

/** Cuts bytes into views of at most `length` bytes. */
export function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
