/** The outside programs with which results are compared. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { answers } from '../support/needs.js';

export const hasFfmpeg = answers('ffmpeg', ['-version']);

const PYTHONS = ['models/trainer/.venv/bin/python', 'python3'].filter(
  (path) => !path.includes('/') || existsSync(path),
);
export const scipyPython = PYTHONS.find((python) => answers(python, ['-c', 'import scipy.signal']));

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
