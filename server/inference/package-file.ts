import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, isAbsolute, sep } from 'node:path';
import type { z } from 'zod';
import { reasonOf } from '../domain/reason.js';
import { PackageError } from './package-error.js';

/** Most bytes of a JSON file; the golden logits of a thousand labels take one or two million. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/** Whether an error of the file system says that nothing is there, rather than that one may not look. */
export const isAbsent = (cause: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');

/** The absolute path of a package's file. Throws {@link PackageError} if it is missing, not regular, or outside the folder. */
export const packageFile = async (folder: string, file: string): Promise<string> => {
  const path = join(folder, file);
  const real = await realpath(path).catch((cause: unknown) => {
    throw new PackageError(path, isAbsent(cause) ? 'there is no such file' : reasonOf(cause));
  });
  const inside = relative(await realpath(folder), real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new PackageError(path, `leads out of the package, to ${real}: a package holds its own files`);
  }
  // Reading a pipe or a device may never end.
  if (!(await stat(real)).isFile()) throw new PackageError(path, 'is no regular file');
  return real;
};

/** Reads a JSON file of a package and parses it by `schema`. Throws {@link PackageError} naming every wrong key. */
export const readPackageJson = async <S extends z.ZodType>(
  folder: string,
  file: string,
  schema: S,
): Promise<z.output<S>> => {
  const where = join(folder, file);
  const path = await packageFile(folder, file);
  const { size } = await stat(path);
  if (size > MAX_JSON_BYTES) throw new PackageError(where, `has ${size} bytes, of ${MAX_JSON_BYTES} at most`);
  const parsed = parse(where, parseJson(where, await readFile(path, 'utf8')), schema);
  if (parsed.success) return parsed.data;
  throw new PackageError(where, parsed.error.issues.map(problemOf).join('; '));
};

const BYTE_ORDER_MARK = '\uFEFF';

const parseJson = (path: string, text: string): unknown => {
  if (text.startsWith(BYTE_ORDER_MARK))
    throw new PackageError(path, 'begins with a byte order mark, which JSON has not: save it as UTF-8 without one');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PackageError(path, `is not JSON: ${reasonOf(error)}`);
  }
};

const parse = <S extends z.ZodType>(where: string, json: unknown, schema: S): z.ZodSafeParseResult<z.output<S>> => {
  try {
    return schema.safeParse(json, { reportInput: true });
  } catch (error) {
    if (error instanceof RangeError) throw new PackageError(where, 'is nested too deeply');
    throw error;
  }
};

const problemOf = ({ path, message, input }: z.core.$ZodIssue): string => {
  if (path.length === 0) return message;
  // JSON has no undefined value.
  const what =
    input === undefined ? `is missing; ${/expected .*?(?=, received|$)/.exec(message)?.[0] ?? message}` : message;
  return `${path.join('.')}: ${what}${shown(input)}`;
};

const LONGEST_SHOWN = 64;

/** The wrong value, if it is a text (cut to its beginning) or a number; nothing for arrays and objects. */
const shown = (input: unknown): string => {
  if (typeof input === 'number') return `, and is ${input}`;
  return typeof input === 'string' ? `, and is ${JSON.stringify(input).slice(0, LONGEST_SHOWN)}` : '';
};
