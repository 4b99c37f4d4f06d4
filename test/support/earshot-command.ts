import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Addresses } from './scripted-server.js';

export const COMMAND = fileURLToPath(new URL('../../server/cli/earshot.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the `earshot` command as a shell would, and resolves when it has ended. */
export const earshot = async (
  args: readonly string[],
  input?: Uint8Array,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> => {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
};

export interface ServerProcess extends Addresses {
  readonly child: ChildProcess;
  readonly banner: string;
  /** What it has logged so far. */
  log(): string;
  /** Sends a signal and waits for the process to end; resolves with its exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `earshot serve` as a process of its own, on free ports; resolves when it has printed its banner. */
export const serveProcess = async (
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> => {
  const args = [COMMAND, 'serve', '--port', '0', '--grpc-port', '0', '--provider', 'cpu', ...flags];
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [banner, log] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      banner += text.toString();
      if (banner.includes('Try next')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${banner}`)));
  });
  return {
    child,
    banner,
    log: () => log,
    http: /http:\/\/(\S+)\//.exec(banner)![1]!,
    grpc: /gRPC +(\S+)/.exec(banner)![1]!,
    stop: async (signal) => {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await ended)[0];
    },
  };
};

/** Process ids of a process's children. Linux only. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
