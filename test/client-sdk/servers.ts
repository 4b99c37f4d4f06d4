import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { WebSocketServer, type WebSocket } from 'ws';
import { PROTO } from '../support/repository.js';

/** A WebSocket server on a free port of loopback that does with every socket what the test says. */
export async function webSocketServer(
  script: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<{ url: string; stop: () => void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', script);
  await once(server, 'listening');
  const stop = () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** A StreamIntents call as proto-loader decodes it, sharing no code with our codec. */
export type ScriptedCall = grpc.ServerDuplexStream<Record<string, unknown>, Record<string, unknown>>;

/** A gRPC server on a free port of loopback that does with every stream what the test says. */
export async function grpcServer(script: (call: ScriptedCall) => void): Promise<{ url: string; stop: () => void }> {
  const definition = loadSync(PROTO, { keepCase: true, oneofs: true });
  const server = new grpc.Server();
  server.addService(definition['earshot.v1.IntentService'] as grpc.ServiceDefinition, {
    StreamIntents: script as never,
    Classify: () => undefined,
    ListModels: () => undefined,
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { url: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}
