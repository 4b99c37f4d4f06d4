import type { Control, StartDraft } from './client-messages.js';
import { decoded, undecodable, type Decoded } from './decoded.js';
import { FieldReader, type Stance } from './field-reader.js';
import { SCHEMA } from './generated/schema.js';
import { startOf } from './start.js';

/** The message types that ClientMessage or ServerMessage can contain; not `audio`, which is plain bytes. */
export const messageTypesOf = (envelope: 'ClientMessage' | 'ServerMessage'): string[] =>
  Object.entries(SCHEMA[envelope] ?? {})
    .filter(([, field]) => Object.hasOwn(SCHEMA, field.type))
    .map(([name]) => name);

/** Checks a control message's fields and fills in its defaults. */
export function readControl(type: string, fields: object, stance: Stance): Decoded<Control> {
  const reader = new FieldReader(stance);
  const message = { type, ...reader.read(SCHEMA.ClientMessage?.[type]?.type ?? '', type, fields) };
  const [fault] = reader.faults;
  if (fault !== undefined) return undecodable(fault);
  return decoded(type === 'start' ? startOf(message as unknown as StartDraft) : (message as Control));
}
