import type { ClientDraft, Audio, Control } from './client-messages.js';
import { messageTypesOf, readControl } from './read-control.js';
import { intentJson } from './intent-json.js';
import { decoded, shortened, shown, undecodable, type Decoded } from './decoded.js';
import { MAX_CONTROL_CHARACTERS } from './limits.js';
import { readServerMessage } from './read-server-message.js';
import type { ServerMessage } from './server-messages.js';

const CONTROL_TYPES = messageTypesOf('ClientMessage');

/** Reads a text message from a client. */
export function decodeClientJson(text: string): Decoded<Control> {
  if (text.length > MAX_CONTROL_CHARACTERS) {
    return undecodable(
      `the text message has ${text.length} characters, at most ${MAX_CONTROL_CHARACTERS} are allowed; audio goes in binary messages`,
    );
  }
  const parsed = parseObject(text);
  if (!parsed.ok) return parsed;
  const { type, ...fields } = parsed.message;
  if (type === 'audio') return undecodable('type "audio" is not a text message; audio goes in binary messages');
  if (typeof type === 'string' && CONTROL_TYPES.includes(type)) return readControl(type, fields, 'strict');
  const wrong = type === undefined ? 'type is missing; give' : `type ${shown(type)} is not`;
  return undecodable(`${wrong} one of ${CONTROL_TYPES.join(', ')}`);
}

/** Writes a control message as a client sends it; audio is sent unchanged as a binary message instead. */
export const encodeClientJson = (message: Exclude<ClientDraft, Audio>): string => JSON.stringify(message);

/** Reads a text message from a server; unknown fields are skipped, so that a server may be newer than its client. */
export function decodeServerJson(text: string): Decoded<ServerMessage> {
  const parsed = parseObject(text);
  if (!parsed.ok) return parsed;
  const { type, seq, ...fields } = parsed.message;
  return readServerMessage(type, seq, fields);
}

/** Writes a message as a server sends it: `type` and `seq` first, probabilities with six decimals. */
export function encodeServerJson(message: ServerMessage): string {
  if (message.type === 'intent') return intentJson(message);
  const { type, seq, ...fields } = message;
  return JSON.stringify({ type, seq, ...fields });
}

function parseObject(text: string): Decoded<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undecodable(`the text message ${JSON.stringify(shortened(text))} is not JSON`);
  }
  if (value instanceof Object && !Array.isArray(value)) return decoded(value as Record<string, unknown>);
  return undecodable(`the text message ${shown(value)} is not a JSON object`);
}
