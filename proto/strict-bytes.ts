import protobuf from 'protobufjs/minimal.js';
import { SCHEMA, type SchemaField, type SchemaMessage } from './generated/schema.js';

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const WIRE_TYPES: Readonly<Record<string, number>> = { uint32: VARINT, bool: VARINT, double: FIXED_64 };

/** A fault in the bytes, described by a sentence; always caught within this file. */
class Fault extends Error {}

/**
 * Says what is wrong with the bytes of a protobuf message; null if nothing is. Ordinary protobuf decoders skip unknown fields and
 * keep the last of several oneof members. Here an unknown field, a wrong wire type, a second oneof member, a number wider than its
 * field, invalid UTF-8 and a message that is cut short are faults.
 */
export function faultInBytes(bytes: Uint8Array, shape: string, label: string): string | null {
  try {
    scan(protobuf.Reader.create(bytes), bytes.length, { shape, label });
    return null;
  } catch (error) {
    return error instanceof Fault ? error.message : `${label} is not valid protobuf: it is cut short or corrupt`;
  }
}

function scan(reader: protobuf.Reader, end: number, { shape, label }: { shape: string; label: string }): void {
  const fields = SCHEMA[shape] ?? {};
  let chosen: string | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    const [name, field] = fieldOf(fields, tag >>> 3, label);
    refuseWireType(tag & 7, field, `${label}.${name}`);
    if (field.presence === 'oneof' && chosen !== null)
      throw new Fault(`${label} has both ${chosen} and ${name}; give one`);
    if (field.presence === 'oneof') chosen = name;
    scanValue(reader, field, { name, path: `${label}.${name}` });
  }
  if (reader.pos !== end) throw new Fault(`${label} is cut short`);
}

function fieldOf(fields: SchemaMessage, id: number, label: string): [string, SchemaField] {
  for (const entry of Object.entries(fields)) if (entry[1].id === id) return entry;
  throw new Fault(`${label} field ${id} is not a known field`);
}

function refuseWireType(wireType: number, field: SchemaField, path: string): void {
  const right = WIRE_TYPES[field.type] ?? LENGTH_DELIMITED;
  if (wireType !== right) throw new Fault(`${path} has wire type ${wireType}; give ${right} (${field.type})`);
}

function scanValue(reader: protobuf.Reader, field: SchemaField, { name, path }: { name: string; path: string }): void {
  if (field.type === 'double') reader.skip(8);
  else if (field.type === 'bool' || field.type === 'uint32') scanVarint(reader, path);
  else if (field.type === 'string') scanString(reader, path);
  else scanBlock(reader, field, name);
}

function scanVarint(reader: protobuf.Reader, path: string): void {
  const start = reader.pos;
  reader.skip();
  const length = reader.pos - start;
  const isWide = length > 5 || (length === 5 && (reader.buf[reader.pos - 1] ?? 0) > 0x0f);
  if (isWide) throw new Fault(`${path} is wider than 32 bits`);
}

function scanString(reader: protobuf.Reader, path: string): void {
  const text = reader.bytes();
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw new Fault(`${path} is not valid UTF-8`);
  }
}

function scanBlock(reader: protobuf.Reader, field: SchemaField, name: string): void {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new Fault(`${name} is cut short`);
  if (field.type === 'bytes') reader.pos = end;
  else scan(reader, end, { shape: field.type, label: name });
}
