import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../server/cli/failure.js';
import type { Addresses } from '../generator/connection.js';

const COMMAND = fileURLToPath(new URL('../../server/cli/earshot.js', import.meta.url));
const DEFAULTS = ['--port', '0', '--grpc-port', '0', '--provider', 'cpu', '--log-level', 'error'];

export interface OwnServer extends Addresses {
  /** Asks the server to end and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a server process on free ports, models on the CPU, unless `flags` say otherwise; fails with what it said where it does not start. */
export const startOwnServer = async (flags: readonly string[]): Promise<OwnServer> => {
  const child = spawn(process.execPath, [COMMAND, 'serve', ...DEFAULTS, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill());
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (said.includes('Try next')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Failure(`the server did not start: ${said.trim()}`)));
  });
  return {
    url: `ws://${/http:\/\/([^/\s]+)/.exec(said)![1]!}`,
    grpcUrl: /gRPC +(\S+)/.exec(said)![1]!,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
