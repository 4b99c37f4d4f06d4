import { decodeServerJson, encodeClientJson } from '../../proto/json.js';
import type { ClientDraft } from '../../proto/client-messages.js';
import type { Decoded } from '../../proto/decoded.js';
import type { ServerMessage } from '../../proto/server-messages.js';

/** Encodes and decodes the messages of one WebSocket sub-protocol. */
export interface Codec {
  readonly subProtocol: string;
  encode(message: ClientDraft): string | Uint8Array;
  /** Decodes a received message: a string from a text message, bytes from a binary one. */
  decode(received: string | Uint8Array): Decoded<ServerMessage>;
}

/** Control messages as JSON text; audio as binary messages of plain audio bytes. */
export const json: Codec = {
  subProtocol: 'earshot.v1.json',
  encode: (message) => (message.type === 'audio' ? message.bytes : encodeClientJson(message)),
  decode: (received) =>
    typeof received === 'string'
      ? decodeServerJson(received)
      : { ok: false, problem: 'a binary message came over earshot.v1.json' },
};
