import type { AudioFormat, Start, StartDraft } from './client-messages.js';
import { readControl } from './read-control.js';
import { decoded, shortened, undecodable, type Decoded } from './decoded.js';
import { DEFAULTS } from './defaults.js';
import { FieldReader } from './field-reader.js';
import { SCHEMA } from './generated/schema.js';
import type { ClassifySettings } from './one-shot-messages.js';
import { audioFormatOf } from './start.js';

type Fields = Record<string, unknown>;

/** The URL parameters of `POST /v1/classify`; without `audio`, the body is a WAV file. */
export interface ClassifyQuery extends ClassifySettings {
  readonly audio?: AudioFormat;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Reads a start from URL parameters, whose names are flat. A parameter with an empty value counts as left out. Call it only if there
 * is a parameter: otherwise the start comes as the first message.
 */
export function startFromQuery(params: URLSearchParams): Decoded<Start> {
  const nested = { audio: 'AudioFormat', endpointing: 'Endpointing' };
  const fields = fieldsFromQuery(params, 'Start', nested);
  if (!fields.ok) return fields;
  const start = readControl('start', { audio: {}, ...fields.message }, 'strict');
  return start as Decoded<Start>;
}

/** Reads the settings of a one-shot classification from URL parameters. */
export function classifyFromQuery(params: URLSearchParams): Decoded<ClassifyQuery> {
  const fields = fieldsFromQuery(params, 'ClassifyRequest', { audio: 'AudioFormat' });
  if (!fields.ok) return fields;
  const { audio, ...settings } = fields.message;
  const reader = new FieldReader('strict');
  const query = reader.read('ClassifyRequest', 'classify', settings);
  const format = audio === undefined ? undefined : reader.read('AudioFormat', 'audio', audio as object);
  const [fault] = reader.faults;
  if (fault !== undefined) return undecodable(fault);
  return decoded({
    top_k: DEFAULTS.top_k,
    ...query,
    ...(format && { audio: audioFormatOf(format as unknown as StartDraft['audio']) }),
  });
}

/** Puts flat parameters into the nested fields of a message, and converts numbers and booleans. */
function fieldsFromQuery(params: URLSearchParams, shape: string, nested: Record<string, string>): Decoded<Fields> {
  const known = parametersOf(shape, nested);
  const fields: Fields = {};
  for (const [name, text] of params) {
    const parameter = known.get(name);
    if (parameter === undefined) {
      return undecodable(`${shortened(name)} is not a known parameter; give ${[...known.keys()].join(', ')}`);
    }
    if (params.getAll(name).length > 1) return undecodable(`${name} is given twice; give it once`);
    // URLSearchParams replaces invalid UTF-8 with this character.
    if (text.includes('\uFFFD')) return undecodable(`${name} is not valid UTF-8; percent-encode the bytes of UTF-8`);
    if (text !== '') place(fields, parameter, valueOf(text, parameter.type));
  }
  return decoded(fields);
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  /** The field that holds it; undefined for a field of the message itself. */
  readonly parent: string | undefined;
}

const QUERY_TYPES = ['string', 'uint32', 'bool', 'double'];

function parametersOf(shape: string, nested: Record<string, string>): Map<string, Parameter> {
  const shapes: [string | undefined, string][] = [...Object.entries(nested), [undefined, shape]];
  const parameters = shapes.flatMap(([parent, name]) =>
    Object.entries(SCHEMA[name] ?? {}).map(([field, { type }]): Parameter => ({ name: field, type, parent })),
  );
  return new Map(parameters.filter(({ type }) => QUERY_TYPES.includes(type)).map((entry) => [entry.name, entry]));
}

function place(fields: Fields, { name, parent }: Parameter, value: unknown): void {
  if (parent === undefined) fields[name] = value;
  else fields[parent] = { ...(fields[parent] as Fields | undefined), [name]: value };
}

/** Converts a parameter to its type. Text that is not a valid number or boolean stays text, and the check of the field refuses it. */
function valueOf(text: string, type: string): unknown {
  if (type === 'bool') return { true: true, false: false }[text] ?? text;
  if (type === 'string' || !NUMBER.test(text)) return text;
  return Number(text);
}
