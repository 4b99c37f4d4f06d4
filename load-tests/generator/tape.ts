import { SAMPLE_BYTES } from '../../server/audio/sample-format.js';
import { hertz, type Hertz } from '../../server/domain/units.js';
import { encodeClientProto, type Encoding } from '../../proto/wire.js';
import { encoded } from './encode.js';
import type { Transport } from './plan.js';
import { joined, type Voice } from './voices.js';

/** 8 kHz for the encodings of telephony, 16 kHz (the rate of the models) for the others. */
export const rateOf = (encoding: Encoding): Hertz =>
  hertz(encoding === 'mulaw' || encoding === 'alaw' ? 8_000 : 16_000);

/** The recordings as ready-made audio messages, made once for all callers and threads; callers play them in a loop. */
export interface Tape {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly messageBytes: number;
  readonly messages: number;
}

export interface TapeFormat {
  readonly transport: Transport;
  readonly encoding: Encoding;
  readonly chunkMs: number;
}

/** The key of a tape: callers with the same key share the tape. */
export const tapeKey = ({ transport, encoding }: Pick<TapeFormat, 'transport' | 'encoding'>): string =>
  `${transport === 'ws' ? 'raw' : 'proto'}/${encoding}`;

export const recordTape = (voices: readonly Voice[], { transport, encoding, chunkMs }: TapeFormat): Tape => {
  const rate = rateOf(encoding);
  const audio = encoded(joined(voices, rate), encoding);
  const chunkBytes = (rate * chunkMs * SAMPLE_BYTES[encoding]) / 1000;
  const wrap = (bytes: Uint8Array) => (transport === 'ws' ? bytes : encodeClientProto({ type: 'audio', bytes }));
  const messages = Math.floor(audio.length / chunkBytes);
  const messageBytes = wrap(audio.subarray(0, chunkBytes)).length;
  const bytes = new Uint8Array(new SharedArrayBuffer(messages * messageBytes));
  for (let index = 0; index < messages; index++)
    bytes.set(wrap(audio.subarray(index * chunkBytes, (index + 1) * chunkBytes)), index * messageBytes);
  return { bytes, messageBytes, messages };
};

/** Message n of a tape, as a view. */
export const messageAt = ({ bytes, messageBytes, messages }: Tape, n: number): Uint8Array => {
  const from = (n % messages) * messageBytes;
  return bytes.subarray(from, from + messageBytes);
};
