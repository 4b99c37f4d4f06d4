import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { reasonOf } from '../domain/reason.js';
import { sayIssue } from './say-issue.js';
import { RIGHTS_FIELDS } from './rights-schema.js';

export const keySchema = z.strictObject({
  /** Names this key among others of its caller. */
  id: z.string().regex(/^[a-z0-9]{4,32}$/, 'must be 4–32 lower-case letters and digits'),
  /** Whose key it is: keys of one name are one caller, and share its limits. */
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'must be 1–64 letters, digits, dots, dashes and underscores'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  created: z.iso.datetime(),
  /** From then on it is worth nothing. */
  expires: z.iso.datetime().optional(),
  ...RIGHTS_FIELDS,
});

/** A key as its file has it: everything but the key. */
export type StoredKey = z.infer<typeof keySchema>;

const fileSchema = z.strictObject({
  keys: z.array(keySchema).superRefine((keys, context) => {
    for (const field of ['id', 'sha256'] as const)
      if (new Set(keys.map((key) => key[field])).size < keys.length)
        context.addIssue({ code: 'custom', message: `two keys have the same ${field}` });
  }),
});

/** The keys of a file; throws an Error that says what is wrong where. */
export const readKeyFile = (path: string): readonly StoredKey[] => {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (problem) {
    // JSON.parse quotes what it could not read, and a key may have been pasted there.
    // eslint-disable-next-line preserve-caught-error -- that would pass on what is left out
    throw new Error(problem instanceof SyntaxError ? `${path} is no JSON` : reasonOf(problem));
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) throw new Error(`${path}: ${sayIssue(parsed.error)}`);
  return parsed.data.keys;
};

/** Replaces the file in one step, readable by its owner only. */
export const writeKeyFile = (path: string, keys: readonly StoredKey[]): void => {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
};

/** A key without its hash, to be shown. */
export const shownOf = (key: StoredKey): Omit<StoredKey, 'sha256'> => {
  const shown: Partial<StoredKey> = { ...key };
  delete shown.sha256;
  return shown as Omit<StoredKey, 'sha256'>;
};

export const newKeyId = (): string => randomBytes(4).toString('hex');
