import type { RawData } from 'ws';
import type { Decoded } from '../../../proto/decoded.js';
import { decodeClientJson, encodeServerJson } from '../../../proto/json.js';
import { decodeClientProto, encodeServerProto } from '../../../proto/protobuf.js';
import type { ClientMessage } from '../../../proto/client-messages.js';
import type { ServerMessage } from '../../../proto/server-messages.js';

/** How protocol messages are encoded in WebSocket messages. */
export interface SubProtocol {
  readonly name: string;
  /** Its name in logs and metrics. */
  readonly transport: 'ws-json' | 'ws-proto';
  decode(received: Buffer, isBinary: boolean): Decoded<ClientMessage>;
  encode(message: ServerMessage): string | Uint8Array;
}

const JSON_AND_AUDIO: SubProtocol = {
  name: 'earshot.v1.json',
  transport: 'ws-json',
  decode: (received, isBinary) =>
    isBinary ? { ok: true, message: { type: 'audio', bytes: received } } : decodeClientJson(received.toString('utf8')),
  encode: encodeServerJson,
};

const PROTOBUF: SubProtocol = {
  name: 'earshot.v1.proto',
  transport: 'ws-proto',
  decode: (received, isBinary) =>
    isBinary
      ? decodeClientProto(received)
      : {
          ok: false,
          problem: 'a text message came, but with earshot.v1.proto every message is a binary ClientMessage',
        },
  encode: encodeServerProto,
};

const SUB_PROTOCOLS: readonly SubProtocol[] = [JSON_AND_AUDIO, PROTOBUF];

export const SUB_PROTOCOL_NAMES = SUB_PROTOCOLS.map(({ name }) => name);

/** The sub-protocol of that name; JSON where none was offered. */
export const subProtocolOf = (name: string): SubProtocol =>
  SUB_PROTOCOLS.find((protocol) => protocol.name === name) ?? JSON_AND_AUDIO;

/** The received bytes: with its default binary type, `ws` always gives one Buffer. */
export const bufferOf = (received: RawData): Buffer => received as Buffer;
