import { fileURLToPath } from 'node:url';
import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath as healthProto } from 'grpc-health-check';
import type { Certificates } from '../../access/certificates.js';
import type { Doorkeeper } from '../../access/doorkeeper.js';
import type { Log } from '../../domain/log.js';
import type { Reception } from '../../session/reception.js';
import { MAX_RECORDING_BYTES } from '../../../proto/limits.js';
import { IDLE_CONNECTION_MS, type ConnectionLimits } from '../connection-limits.js';
import type { OneShots } from '../one-shots.js';
import { Gate } from './gate.js';
import { INTENT_SERVICE, intentService } from './intent-service.js';
import { serverCredentials } from './server-credentials.js';

const PROTO_ROOT = fileURLToPath(new URL('../../../../proto', import.meta.url));
const SERVICE_NAME = 'earshot.v1.IntentService';
/** Bytes allowed for the other fields of a message that holds a recording. */
const ENVELOPE_BYTES = 1024;

export interface GrpcServer {
  readonly port: number;
  /** Answers health checks with SERVING or NOT_SERVING. */
  setServing(isServing: boolean): void;
  /** Accepts no more calls and lets open ones end; cuts those that are still open after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface GrpcServices {
  readonly reception: Reception;
  readonly oneShots: OneShots;
  readonly doorkeeper: Doorkeeper;
  readonly limits: ConnectionLimits;
  /** Null without TLS. */
  readonly certificates: Certificates | null;
  readonly log: Log;
}

/** Serves the intent service, health checks and reflection on `address`; rejects when it cannot listen there. */
export const serveGrpc = async (address: string, services: GrpcServices): Promise<GrpcServer> => {
  const { reception, oneShots, doorkeeper, certificates, limits, log } = services;
  const gate = new Gate(doorkeeper, reception, log);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_RECORDING_BYTES + ENVELOPE_BYTES,
    'grpc.keepalive_time_ms': limits.pingIntervalMs,
    'grpc.keepalive_timeout_ms': limits.pingIntervalMs,
    'grpc.max_connection_idle_ms': IDLE_CONNECTION_MS,
    interceptors: [gate.interceptor],
  });
  server.addService(INTENT_SERVICE, intentService(reception, oneShots, gate));
  const health = new HealthImplementation({ '': 'NOT_SERVING', [SERVICE_NAME]: 'NOT_SERVING' });
  health.addToServer(server);
  const schema = loadSync(['earshot/v1/earshot.proto', healthProto], { includeDirs: [PROTO_ROOT], keepCase: true });
  new ReflectionService(schema).addToServer(server);
  return {
    port: await bind(server, address, serverCredentials(certificates)),
    setServing: (isServing) => {
      for (const name of ['', SERVICE_NAME]) health.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
    },
    close: (graceMs) => close(server, graceMs),
  };
};

const bind = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (problem, port) => (problem ? reject(problem) : resolve(port))),
  );

const close = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      // Does not wait any longer for a peer that broke HTTP/2 and does not close its connection.
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
