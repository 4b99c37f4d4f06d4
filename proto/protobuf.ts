import type { ClientDraft, ClientMessage } from './client-messages.js';
import { messageTypesOf, readControl } from './read-control.js';
import { decoded, undecodable, type Decoded } from './decoded.js';
import { earshot } from './generated/earshot.js';
import { rounded } from './rounding.js';
import { readServerMessage } from './read-server-message.js';
import type { ServerMessage } from './server-messages.js';
import { faultInBytes } from './strict-bytes.js';

const schema = earshot.v1;

/** Reads a ClientMessage. The bytes of an audio message are a view of `bytes`. */
export function decodeClientProto(bytes: Uint8Array): Decoded<ClientMessage> {
  const fault = faultInBytes(bytes, 'ClientMessage', 'message');
  if (fault !== null) return undecodable(fault);
  const message = schema.ClientMessage.decode(bytes);
  if (message.message === undefined) {
    return undecodable(`the message is empty; give one of audio, ${messageTypesOf('ClientMessage').join(', ')}`);
  }
  if (message.message === 'audio') return decoded({ type: 'audio', bytes: message.audio });
  return readControl(message.message, message[message.message] ?? {}, 'lenient');
}

/** Writes a ClientMessage. */
export function encodeClientProto(message: ClientDraft): Uint8Array {
  const { type, ...fields } = message;
  const body = message.type === 'audio' ? message.bytes : fields;
  return schema.ClientMessage.encode({ [type]: body }).finish();
}

/** Reads a ServerMessage; unknown fields are skipped, so that a server may be newer than its client. */
export function decodeServerProto(bytes: Uint8Array): Decoded<ServerMessage> {
  let message;
  try {
    message = schema.ServerMessage.decode(bytes);
  } catch (error) {
    return undecodable(`the message is not a valid ServerMessage: ${String(error)}`);
  }
  const type = message.message;
  return readServerMessage(type, message.seq, (type && message[type]) ?? {});
}

/** Writes a ServerMessage: probabilities with six decimals. */
export function encodeServerProto(message: ServerMessage): Uint8Array {
  const { type, seq, ...fields } = rounded(message);
  return schema.ServerMessage.encode({ seq, [type]: fields }).finish();
}
