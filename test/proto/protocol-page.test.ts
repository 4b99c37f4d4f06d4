import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeClientJson, decodeServerJson, ERROR_CODES, isRetryable, type Decoded } from '../../proto/wire.js';
import { SCHEMA } from '../../proto/generated/schema.js';
import { inRepository } from '../support/repository.js';

const PAGE = readFileSync(inRepository('proto/PROTOCOL.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text!);

function decode(text: string): Decoded<unknown> {
  const { type } = JSON.parse(text) as { type: string };
  return Object.hasOwn(SCHEMA.ServerMessage!, type) ? decodeServerJson(text) : decodeClientJson(text);
}

describe('PROTOCOL.md', () => {
  for (const text of EXAMPLES.filter((example) => example.includes('"type"'))) {
    it(`shows a message that decodes: ${text.slice(0, 40)}`, () => {
      const decoded = decode(text);
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.problem);
    });
  }

  for (const envelope of ['ClientMessage', 'ServerMessage']) {
    for (const name of Object.keys(SCHEMA[envelope]!).filter((field) => field !== 'seq')) {
      it(`has a chapter on ${name}`, () => assert.match(PAGE, new RegExp(`^### \`?${name}\`?$`, 'm')));
    }
  }

  it('lists the error codes, and which may be retried', () => {
    const rows = [...PAGE.matchAll(/^\| `(\w+)` \| (yes|no) \|/gm)].map(([, code, retryable]) => [code, retryable]);
    assert.deepEqual(
      rows,
      ERROR_CODES.map((code) => [code, isRetryable[code] ? 'yes' : 'no']),
    );
  });

  it('says, as the schema does, that the name which a client gives its stream is never logged', () => {
    const schema = readFileSync(inRepository('proto/earshot/v1/earshot.proto'), 'utf8');
    for (const text of [schema, PAGE]) assert.match(text, /own name for th.* stream, .*never logged/);
  });

  it('names every field of every message', () => {
    const fields = Object.entries(SCHEMA).flatMap(([shape, members]) =>
      Object.keys(members).map((name) => [shape, name]),
    );
    const missing = fields.filter(([, name]) => !PAGE.includes(name!));
    assert.deepEqual(missing, []);
  });
});
