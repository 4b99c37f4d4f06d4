/** Things that some tests need and that not every machine has: a test that lacks one is skipped, and says so. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const answers = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;

export const hasSox = answers('sox', ['--version']);
export const hasOpenssl = answers('openssl', ['version']);
export const isLinux = process.platform === 'linux';

const beside = fileURLToPath(new URL('../../../../shared/data/minds14', import.meta.url));
/** A folder of real calls beside the project, which is not part of a clone; null if it is missing. */
export const RECORDINGS = existsSync(beside) ? beside : null;

/** Skips the running test, or from `before` its suite, with the reason on the console, unless `isThere`. */
export function needs(test: Mocha.Context, isThere: unknown, what: string): asserts isThere {
  if (isThere) return;
  console.log(`      skipped: needs ${what}`);
  test.skip();
}
