import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { inRepository } from '../support/repository.js';

/** The folder of the published package. */
export const SDK = inRepository('client-sdk/');

/** What a program printed and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly lines: Record<string, unknown>[];
  readonly out: string;
  readonly err: string;
}

/** Runs a program that imports `@earshot/client` as a user's would, from a folder inside the package; what it prints is read as JSON lines. */
export const run = (file: string, args: readonly string[], input?: Uint8Array): Promise<Ran> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: SDK });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    child.stdin.on('error', () => undefined).end(input);
    child.on('close', (code) => resolve({ code, out, err, lines: jsonLinesOf(out) }));
  });

const jsonLinesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Builds the package unless it was built. `npm test` builds it anew. */
export const ensureBuilt = async (): Promise<void> => {
  if (existsSync(`${SDK}dist/index.js`)) return;
  await promisify(execFile)(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['run', 'build'], { cwd: SDK });
};
