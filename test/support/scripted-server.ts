import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAccess, type AccessSettings } from '../../server/access/open-access.js';
import { silentLog } from '../../server/domain/log.js';
import { Reception } from '../../server/session/reception.js';
import type { SessionContext } from '../../server/session/session-context.js';
import type { ConnectionLimits } from '../../server/transports/connection-limits.js';
import { serveGrpc } from '../../server/transports/grpc/grpc-server.js';
import { createHttpServer } from '../../server/transports/http/http-server.js';
import { createOneShots } from '../../server/transports/one-shots.js';
import { serveWebSocket } from '../../server/transports/ws/ws-server.js';
import { contextWith } from './contexts.js';

export interface Addresses {
  /** `127.0.0.1:port` of HTTP and WebSocket. */
  readonly http: string;
  /** `127.0.0.1:port` of gRPC. */
  readonly grpc: string;
}

const CONNECTION_LIMITS: ConnectionLimits = {
  handshakeTimeoutMs: 5_000,
  requestTimeoutMs: 60_000,
  pingIntervalMs: 10_000,
  maxConnections: 10_000,
};

export interface ScriptedServer extends Addresses {
  readonly reception: Reception;
  /** What gRPC health checks are told; NOT_SERVING at first. */
  setServing(isServing: boolean): void;
  close(): Promise<void>;
}

/** The access settings of a server that asks for no credentials. */
export const NOBODY_ASKED: AccessSettings = {
  keysFile: null,
  apiKeys: [],
  jwtIssuer: null,
  jwtAudience: null,
  jwtJwks: null,
  allowOrigin: [],
  tlsClientCa: null,
};

/** Starts a server with every transport, on free ports of loopback, with scripted models instead of graphs. */
export const serveScripted = async (
  change: Partial<SessionContext> = {},
  settings: Partial<ConnectionLimits & AccessSettings> = {},
): Promise<ScriptedServer> => {
  const context = contextWith(change);
  const reception = new Reception(context);
  const oneShots = createOneShots(context, reception);
  const metrics = { contentType: 'text/plain', text: () => Promise.resolve('') };
  const limits = { ...CONNECTION_LIMITS, ...settings };
  const { doorkeeper, close } = openAccess({ ...NOBODY_ASKED, ...settings }, silentLog, () => context.clock.now());
  const readiness = () => ({ ready: true }) as const;
  const services = { readiness, reception, oneShots, metrics, doorkeeper, openMetrics: false, log: context.log };
  const http = createHttpServer(services, limits, null);
  serveWebSocket(http, services, limits);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const grpc = await serveGrpc('127.0.0.1:0', {
    reception,
    oneShots,
    doorkeeper,
    certificates: null,
    limits,
    log: context.log,
  });
  reception.open();
  return {
    reception,
    setServing: (isServing) => grpc.setServing(isServing),
    http: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    grpc: `127.0.0.1:${grpc.port}`,
    close: async () => {
      close();
      await grpc.close(100);
      await closeHttp(http);
    },
  };
};

const closeHttp = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
