import { decodeServerJson, encodeClientJson } from '../../proto/json.js';
import type { ClientDraft } from '../../proto/client-messages.js';
import type { Decoded } from '../../proto/decoded.js';
import type { ServerMessage } from '../../proto/server-messages.js';

/** How messages travel in a WebSocket. */
export interface Codec {
  readonly subProtocol: string;
  encode(message: ClientDraft): string | Uint8Array;
  /** Reads what came: text, or the bytes of a binary message. */
  decode(received: string | Uint8Array): Decoded<ServerMessage>;
}

/** Control messages as JSON text, audio as it is. */
export const json: Codec = {
  subProtocol: 'earshot.v1.json',
  encode: (message) => (message.type === 'audio' ? message.bytes : encodeClientJson(message)),
  decode: (received) =>
    typeof received === 'string'
      ? decodeServerJson(received)
      : { ok: false, problem: 'a binary message came over earshot.v1.json' },
};
