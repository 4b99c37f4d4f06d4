import type { Encoding } from '../../proto/wire.js';
import { EarshotError } from './earshot-error.js';

/** Audio to send: bytes in the stream's encoding, or samples where the encoding is theirs. */
export type Chunk = Uint8Array | Int16Array | Float32Array;

/** The bytes of a chunk, not copied; throws EarshotError `bad_request` when its samples are not of the stream's encoding. */
export function chunkBytes(chunk: Chunk, encoding: Encoding): Uint8Array {
  if (chunk instanceof Int16Array && encoding !== 'pcm_s16le') throw mismatch('an Int16Array', 'pcm_s16le', encoding);
  if (chunk instanceof Float32Array && encoding !== 'pcm_f32le')
    throw mismatch('a Float32Array', 'pcm_f32le', encoding);
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

const mismatch = (chunk: string, right: Encoding, encoding: Encoding): EarshotError =>
  new EarshotError(
    'bad_request',
    `${chunk} is ${right}, but the stream is ${encoding}; send a Uint8Array of ${encoding}`,
  );

/** Cuts bytes into views of at most `length` bytes. */
export function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
