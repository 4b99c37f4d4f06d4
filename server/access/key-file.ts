import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { reasonOf } from '../domain/reason.js';
import { sayIssue } from './say-issue.js';
import { RIGHTS_FIELDS } from './rights-schema.js';

export const keySchema = z.strictObject({
  /** Identifies this key; unique in its file. */
  id: z.string().regex(/^[a-z0-9]{4,32}$/, 'must be 4–32 lower-case letters and digits'),
  /** Whose key it is: keys with the same name belong to one caller, and share its limits. */
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'must be 1–64 letters, digits, dots, dashes and underscores'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  created: z.iso.datetime(),
  /** From then on the key is not accepted. */
  expires: z.iso.datetime().optional(),
  ...RIGHTS_FIELDS,
});

/** A key as the key file stores it: its hash and its properties, but not the key itself. */
export type StoredKey = z.infer<typeof keySchema>;

const fileSchema = z.strictObject({
  keys: z.array(keySchema).superRefine((keys, context) => {
    for (const field of ['id', 'sha256'] as const)
      if (new Set(keys.map((key) => key[field])).size < keys.length)
        context.addIssue({ code: 'custom', message: `two keys have the same ${field}` });
  }),
});

/** The keys of a file; throws an Error that says what is wrong and where. */
export const readKeyFile = (path: string): readonly StoredKey[] => {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (problem) {
    // JSON.parse quotes text that it could not parse, and a key may have been pasted there.
    // eslint-disable-next-line preserve-caught-error -- the cause would pass on the quoted text
    throw new Error(problem instanceof SyntaxError ? `${path} is no JSON` : reasonOf(problem));
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) throw new Error(`${path}: ${sayIssue(parsed.error)}`);
  return parsed.data.keys;
};

/** How long another change may take, and how often it is looked whether it is done. */
const WAIT_MS = 2_000;
const LOOK_MS = 20;

/**
 * Replaces the keys of a file, or of one that is not there yet, by what `change` makes of them. Nobody ever reads half a file,
 * and changes made at the same time happen one after the other. Rejects, with the file as it was, where `change` throws, or
 * where another change does not end.
 */
export const changeKeyFile = async (
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> => {
  // Whoever has made the draft is the only one to change the keys, until the draft has become the file.
  const draft = `${path}.new`;
  const file = await openNew(draft);
  try {
    const keys = change(existsSync(path) ? readKeyFile(path) : []);
    writeFileSync(file, `${JSON.stringify({ keys }, null, 2)}\n`);
    closeSync(file);
    renameSync(draft, path);
  } catch (problem) {
    rmSync(draft, { force: true });
    throw problem;
  }
};

/** Makes a file that only its owner can read; where it is there already, waits until it is gone. */
const openNew = async (path: string): Promise<number> => {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return openSync(path, 'wx', 0o600);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
      const told = `${path} is there: somebody is changing the keys, or was interrupted; then delete it`;
      if (performance.now() > until) throw new Error(told, { cause: problem });
    }
    await sleep(LOOK_MS);
  }
};

/** A stored key without its hash, for display. */
export const shownOf = (key: StoredKey): Omit<StoredKey, 'sha256'> => {
  const shown: Partial<StoredKey> = { ...key };
  delete shown.sha256;
  return shown as Omit<StoredKey, 'sha256'>;
};

export const newKeyId = (): string => randomBytes(4).toString('hex');
