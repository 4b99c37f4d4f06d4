import { fileURLToPath } from 'node:url';
import { Failure } from '../../server/cli/failure.js';
import { reasonOf } from '../../server/domain/reason.js';
import { startServerProcess } from '../bench/server-process.js';
import type { Addresses } from '../generator/connection.js';

const COMMAND = fileURLToPath(new URL('../../server/cli/earshot.js', import.meta.url));
const DEFAULTS = ['--port', '0', '--grpc-port', '0', '--provider', 'cpu', '--log-level', 'error'];
/** Longer than the server takes to drain the streams that a scenario left open. */
const STOP_LIMIT_MS = 60_000;
/** Matches the lines of the server's banner that have the addresses of HTTP and of gRPC. */
const BANNER = /page +(https?:\/\/\S+)\/\n[^]*gRPC +(\S+)\n/;

export interface OwnServer extends Addresses {
  /** Asks the server to end, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts a server process, on free ports and with models on the CPU unless `flags` say otherwise. Rejects with its output if it fails. */
export const startOwnServer = async (flags: readonly string[]): Promise<OwnServer> => {
  const command = [process.execPath, COMMAND, 'serve', ...DEFAULTS, ...flags];
  const server = await startServerProcess(command, { announcing: BANNER, stopLimitMs: STOP_LIMIT_MS }).catch(
    (problem: unknown) => {
      throw new Failure(`the server did not start: ${reasonOf(problem)}`);
    },
  );
  return { url: server.url.replace('http', 'ws'), grpcUrl: server.announcement[2]!, stop: () => server.stop() };
};
