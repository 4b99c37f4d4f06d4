import { readConfig, type Config } from '../../server/config.js';
import { silentLog } from '../../server/domain/log.js';
import { startServer, type RunningServer } from '../../server/main.js';
import { inRepository } from './repository.js';
import type { Addresses } from './scripted-server.js';

/** Test models whose logits show which audio they were computed from. */
export const ECHO_MODELS = inRepository('test/fixtures/models');
/** Test models that misbehave: one is slow, one fails for some audio. */
export const ODD_MODELS = inRepository('test/fixtures/odd-models');
export const BUNDLED_MODELS = inRepository('models');
export const SAMPLES = inRepository('samples');

export interface RealServer extends Addresses {
  readonly running: RunningServer;
}

/** Starts the whole server on free ports, with real graphs on the CPU. */
export const serveReal = async (settings: Partial<Config> = {}, log = silentLog): Promise<RealServer> => {
  const config = readConfig({ port: 0, grpcPort: 0, provider: 'cpu', drainGraceMs: 100, ...settings }, {});
  if (!config.ok) throw new Error(config.problem);
  const running = await startServer(config.config, log);
  return { running, http: running.httpUrl.replace('http://', ''), grpc: running.grpcAddress };
};
