import { decodeServerProto, encodeClientProto } from '../../proto/protobuf.js';
import type { Codec } from './codec.js';

export type { Codec } from './codec.js';

/** Encodes every message as binary protobuf. Pass it as the `codec` option of `createStream` or `openStream` (WebSocket only). */
export const protobuf: Codec = {
  subProtocol: 'earshot.v1.proto',
  encode: encodeClientProto,
  decode: (received) =>
    typeof received === 'string'
      ? { ok: false, problem: 'a text message came over earshot.v1.proto' }
      : decodeServerProto(received),
};
