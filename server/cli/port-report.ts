import { request as requestClear } from 'node:http';
import { request as requestSecure } from 'node:https';
import { createServer } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import type { Config } from '../config.js';
import type { Finding } from './doctor-command.js';

const ANSWER_TIMEOUT_MS = 2_000;

/** Whether the ports of a configuration are free, and where they are not, whether it is Earshot that has them. */
export const ports = ({ host, port, grpcPort, tlsCert }: Config): Promise<Finding[]> => {
  const isSecure = tlsCert !== null;
  return Promise.all([
    finding(`port ${port} (HTTP and WebSocket)`, host, port, () => livesOverHttp(host, port, isSecure)),
    finding(`port ${grpcPort} (gRPC)`, host, grpcPort, () => knowsIntents(`${host}:${grpcPort}`, isSecure)),
  ]);
};

const finding = async (about: string, host: string, port: number, isOurs: () => Promise<boolean>): Promise<Finding> => {
  if (await isFree(host, port)) return { about, ok: true, needed: true, detail: 'free' };
  const detail = (await isOurs())
    ? 'an Earshot server is running there already'
    : 'taken by a program that does not answer as Earshot does';
  return { about, ok: false, needed: true, detail };
};

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

/** Nothing secret is sent, so that any certificate will do. */
const livesOverHttp = (host: string, port: number, isSecure: boolean): Promise<boolean> =>
  new Promise((resolve) => {
    const request = isSecure ? requestSecure : requestClear;
    const options = { host, port, path: '/healthz', timeout: ANSWER_TIMEOUT_MS, rejectUnauthorized: false };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve(text === JSON.stringify({ status: 'alive' })));
      response.on('error', () => resolve(false));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });

/** Earshot alone knows the method, also where it asks for credentials first. */
const knowsIntents = (address: string, isSecure: boolean): Promise<boolean> =>
  new Promise((resolve) => {
    const credentials = isSecure
      ? grpc.credentials.createSsl(null, null, null, { rejectUnauthorized: false })
      : grpc.credentials.createInsecure();
    const client = new grpc.Client(address, credentials);
    const asIs = (bytes: Buffer): Buffer => bytes;
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    const method = '/earshot.v1.IntentService/ListModels';
    client.makeUnaryRequest(method, asIs, asIs, Buffer.alloc(0), new grpc.Metadata(), { deadline }, (problem) => {
      client.close();
      const code = problem?.code ?? grpc.status.OK;
      resolve([grpc.status.OK, grpc.status.UNAUTHENTICATED].includes(code));
    });
  });
