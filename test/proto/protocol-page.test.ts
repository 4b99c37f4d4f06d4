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

/** The words of the page that are set as code, in whole: a name that is only part of another, or of the prose, is none. */
const wordsInCode = (text: string): Set<string> =>
  new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code!.match(/\w+/g) ?? []));

const CODE_WORDS = new Map(
  PAGE.split(/^#{2,3} /m).map((chapter) => [/^`?(\w+)/.exec(chapter)?.[1], wordsInCode(chapter)]),
);

/** The chapter of a message, which is called as in the envelope; undefined for a part of messages. */
const chapterOf = (shape: string): string | undefined =>
  [SCHEMA.ClientMessage!, SCHEMA.ServerMessage!]
    .flatMap((envelope) => Object.entries(envelope))
    .find(([, { type }]) => type === shape)?.[0];

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

  it('names every field of every message, and those of a message that has a chapter within it', () => {
    const missing = Object.entries(SCHEMA).flatMap(([shape, members]) => {
      const named = CODE_WORDS.get(chapterOf(shape) ?? '') ?? wordsInCode(PAGE);
      return Object.keys(members).flatMap((name) => (named.has(name) ? [] : [`${name} of ${shape}`]));
    });
    assert.deepEqual(missing, []);
  });
});
