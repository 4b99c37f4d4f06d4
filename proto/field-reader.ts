import { shortened, shown } from './decoded.js';
import { SCHEMA, type SchemaField } from './generated/schema.js';
import { UINT32 } from './limits.js';
import { RULES, within } from './rules.js';

type Fields = Record<string, unknown>;

/** The place of a value: its message and field in the schema, and its path for error messages. */
interface Place {
  readonly shape: string;
  readonly name: string;
  readonly path: string;
}

/**
 * How strictly a message is read. `strict`: JSON from a client, where an unknown field or a null is a fault. `lenient`: JSON from
 * a server or decoded protobuf, where unknown fields are skipped and null means absent.
 */
export type Stance = 'strict' | 'lenient';

const fits = {
  string: { wanted: 'a string', test: (value: unknown) => typeof value === 'string' },
  bool: { wanted: 'true or false', test: (value: unknown) => typeof value === 'boolean' },
  uint32: { wanted: 'a whole number', test: (value: unknown) => Number.isInteger(value) },
  double: { wanted: 'a number', test: (value: unknown) => typeof value === 'number' },
  bytes: { wanted: 'bytes', test: (value: unknown) => value instanceof Uint8Array },
};
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Fields that read as null when they are absent. */
const NULLABLE = new Set(['Intent.intent', 'Utterance.intent', 'ClassifyResponse.intent']);

/** Copies messages field by field and checks them against the schema and the rules; collects a sentence for every fault. */
export class FieldReader {
  readonly faults: string[] = [];
  readonly #stance: Stance;

  constructor(stance: Stance) {
    this.#stance = stance;
  }

  /** Returns the known fields of `source`. The sentences about faults call the message `label`. */
  read(shape: string, label: string, source: object): Fields {
    const fields = SCHEMA[shape] ?? {};
    if (this.#stance === 'strict') this.#refuseUnknown(fields, label, source);
    const result: Fields = {};
    for (const [name, field] of Object.entries(fields)) {
      const place = { shape, name, path: `${label}.${name}` };
      const value = this.#readField(field, place, ownValue(source, name));
      if (value !== undefined) result[name] = value;
    }
    return result;
  }

  #refuseUnknown(fields: object, label: string, source: object): void {
    for (const key of Object.keys(source)) {
      if (!Object.hasOwn(fields, key)) this.faults.push(`${label}.${shortened(key)} is not a known field`);
    }
  }

  #readField(field: SchemaField, place: Place, value: unknown): unknown {
    const isAbsent = value === undefined || (value === null && this.#stance === 'lenient');
    if (isAbsent) return this.#readAbsent(field, place);
    if (field.presence !== 'repeated') return this.#readOne(field, place, value);
    if (Array.isArray(value)) {
      return value.map((one, i) => this.#readOne(field, { ...place, path: `${place.path}[${i}]` }, one));
    }
    return this.#refuse(place, value, 'is not a list');
  }

  #readAbsent(field: SchemaField, { shape, name, path }: Place): null | undefined {
    const key = `${shape}.${name}`;
    if (NULLABLE.has(key)) return null;
    if (field.presence === 'optional' || field.presence === 'oneof') return undefined;
    const inside = Object.entries(SCHEMA[field.type] ?? {}).filter(([, inner]) => inner.presence === 'always');
    const right = RULES[key]?.right ?? inside.map(([inner]) => inner).join(' and ');
    this.faults.push(`${path} is missing${right ? `; give ${right}` : ''}`);
    return undefined;
  }

  #readOne(field: SchemaField, place: Place, value: unknown): unknown {
    if (!Object.hasOwn(SCHEMA, field.type)) return this.#readScalar(field, place, value);
    if (value instanceof Object && !Array.isArray(value)) {
      const label = place.path.slice(place.path.lastIndexOf('.') + 1);
      return this.read(field.type, label, value);
    }
    return this.#refuse(place, value, 'is not an object');
  }

  #readScalar(field: SchemaField, place: Place, value: unknown): unknown {
    const fit = fits[field.type as keyof typeof fits];
    if (!fit.test(value)) return this.#refuse(place, value, `is not ${fit.wanted}`);
    const rule = RULES[`${place.shape}.${place.name}`] ?? (field.type === 'uint32' ? within(UINT32) : undefined);
    const wrong = rule?.wrong(value as string | number) ?? wrongAnywhere(value);
    return wrong === null ? value : this.#refuse(place, value, wrong);
  }

  #refuse(place: Place, value: unknown, complaint: string): null {
    this.faults.push(`${place.path} ${shown(value)} ${complaint}`);
    return null;
  }
}

/** The value of a field: an own key of a JSON object, or also a default that a decoded protobuf message inherits. */
function ownValue(source: object, name: string): unknown {
  const isInherited = !Object.hasOwn(source, name) && Object.getPrototypeOf(source) === Object.prototype;
  return isInherited ? undefined : (source as Fields)[name];
}

function wrongAnywhere(value: unknown): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'is not a finite number';
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) return 'is not valid Unicode';
  return null;
}
