import type { Encoding } from '../../proto/wire.js';
import { EarshotError } from './earshot-error.js';

/**
 * Audio to send: bytes in the stream's encoding, or samples whose array type matches it (`Int16Array` for `pcm_s16le`,
 * `Float32Array` for `pcm_f32le`).
 */
export type Chunk = Uint8Array | ArrayBuffer | Int16Array | Float32Array;

/** The types that a chunk may have, each with the encoding of its samples; null for plain bytes, which fit every encoding. */
const KINDS: Readonly<Record<string, Encoding | null>> = {
  Uint8Array: null,
  ArrayBuffer: null,
  Int16Array: 'pcm_s16le',
  Float32Array: 'pcm_f32le',
};

/**
 * The bytes of a chunk, without copying them. Throws EarshotError `bad_request` when the value is not audio, or its samples are
 * not in the stream's encoding.
 */
export function chunkBytes(chunk: Chunk, encoding: Encoding): Uint8Array {
  const kind = kindOf(chunk);
  const own = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (own === undefined) throw wrong(`a chunk of type ${kind} is no audio`, encoding);
  if (own !== null && own !== encoding) throw wrong(`${kind} is ${own}, but the stream is ${encoding}`, encoding);
  try {
    return ArrayBuffer.isView(chunk)
      ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      : new Uint8Array(chunk);
  } catch {
    throw wrong(`the memory of this ${kind} was transferred, to a worker perhaps, before it was sent`, encoding);
  }
}

/** Name of a value's built-in type, also for a value from another realm (an iframe, a test sandbox), where `instanceof` fails. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1);

const wrong = (what: string, encoding: Encoding): EarshotError =>
  new EarshotError('bad_request', `${what}; send a Uint8Array of ${encoding}`);

/** Cuts bytes into views of at most `length` bytes. */
export function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
