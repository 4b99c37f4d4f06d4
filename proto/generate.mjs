// Writes proto/generated/ from the schema: the protobuf codec (by protobufjs-cli) and the schema as a table.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import pbjs from 'protobufjs-cli/pbjs.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const source = `${here}earshot/v1/earshot.proto`;
const CODEC = '-t static-module -w esm -r earshot --keep-case --force-number --null-semantics';
const UNUSED = '--no-create --no-verify --no-delimited --no-typeurl --no-service --no-convert';

/** Every message of the package, one line a field. */
function tableOf(root) {
  const messages = root.lookup('earshot.v1').nestedArray.filter((entry) => entry instanceof protobuf.Type);
  return messages.map((message) => `  ${message.name}: {${rowsOf(message)}},\n`).join('');
}

function rowsOf(message) {
  const rows = message.fieldsArray.map(
    (field) => `\n    ${field.name}: { id: ${field.id}, type: '${field.type}'${presenceOf(field)} },`,
  );
  return rows.length > 0 ? `${rows.join('')}\n  ` : '';
}

function presenceOf(field) {
  if (field.repeated) return `, presence: 'repeated'`;
  if (field.options?.proto3_optional) return `, presence: 'optional'`;
  return field.partOf ? `, presence: 'oneof'` : `, presence: 'always'`;
}

const HEADER = `// Generated from earshot.proto by proto/generate.mjs; never edited.

/** One field of a message, as the schema has it. */
export interface SchemaField {
  readonly id: number;
  /** A protobuf scalar, or the name of a message. */
  readonly type: string;
  /** A \`oneof\` field excludes its siblings; an \`optional\` one may be left out. */
  readonly presence: 'always' | 'optional' | 'repeated' | 'oneof';
}

export type SchemaMessage = Readonly<Record<string, SchemaField>>;

/** earshot.proto as a table: message → field → what the schema says of it. */
export const SCHEMA: Readonly<Record<string, SchemaMessage>> = `;

mkdirSync(`${here}generated`, { recursive: true });
const root = new protobuf.Root();
root.loadSync(source, { keepCase: true });
root.resolveAll();
writeFileSync(`${here}generated/schema.ts`, `${HEADER}{\n${tableOf(root)}};\n`);

const codec = `${here}generated/earshot.js`;
await generateCodec(['-d']);
const typings = `${here}generated/earshot.d.ts`;
// With --force-number nothing is a Long, and `import … = require` keeps bundlers from reading the typings.
writeFileSync(typings, readFileSync(typings, 'utf8').replace('import Long = require("long");\n', ''));
// The typings come from the comments; the code does without them.
await generateCodec(['--no-comments']);

function generateCodec(more) {
  const options = `${CODEC} ${UNUSED} -o ${codec}`.split(' ');
  return new Promise((resolve, reject) => {
    pbjs.main([...options, ...more, source], (error) => (error ? reject(error) : resolve()));
  });
}
