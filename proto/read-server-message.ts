import { messageTypesOf } from './read-control.js';
import { decoded, shown, undecodable, type Decoded } from './decoded.js';
import { FieldReader } from './field-reader.js';
import { SCHEMA } from './generated/schema.js';
import type { ServerMessage } from './server-messages.js';

const TYPES = messageTypesOf('ServerMessage');

/** Checks the fields of a message from a server; unknown fields are skipped. */
export function readServerMessage(type: unknown, seq: unknown, fields: object): Decoded<ServerMessage> {
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    return undecodable(`type ${shown(type)} is not one of ${TYPES.join(', ')}`);
  }
  if (!Number.isSafeInteger(seq) || Number(seq) < 1)
    return undecodable(`${type}.seq ${shown(seq)} is not a number from 1`);
  const reader = new FieldReader('lenient');
  const message = { type, seq, ...reader.read(SCHEMA.ServerMessage?.[type]?.type ?? '', type, fields) };
  const [fault] = reader.faults;
  return fault === undefined ? decoded(message as ServerMessage) : undecodable(fault);
}
