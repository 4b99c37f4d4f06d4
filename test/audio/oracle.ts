/** The programs from outside that results are compared with; a test that lacks one is skipped and says so. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const answers = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;

export const hasSox = answers('sox', ['--version']);
export const hasFfmpeg = answers('ffmpeg', ['-version']);

const PYTHONS = ['models/trainer/.venv/bin/python', 'python3'].filter(
  (path) => !path.includes('/') || existsSync(path),
);
export const scipyPython = PYTHONS.find((python) => answers(python, ['-c', 'import scipy.signal']));

/** Skips the running test, with the reason on the console, unless `isThere`. */
export function needs(test: Mocha.Context, isThere: unknown, what: string): void {
  if (isThere) return;
  console.log(`      skipped: ${what} is not installed`);
  test.skip();
}

/** Standard output of a program fed with `input`. */
export function output(program: string, args: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.toString()}`);
  return stdout;
}

export const bytesOf = (samples: Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

/** Copied: bytes from a program may sit at an offset that is no multiple of four. */
export const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
