import { request as requestClear } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { request as requestSecure } from 'node:https';
import { createServer } from 'node:net';
import { addressOf, type Config } from '../config.js';
import type { Finding } from './doctor-command.js';

const ANSWER_TIMEOUT_MS = 2_000;

/** Whether the ports of a configuration are free, and where they are not, whether it is Earshot that has them. */
export const ports = ({ host, port, grpcPort, tlsCert }: Config): Promise<Finding[]> => {
  const isSecure = tlsCert !== null;
  return Promise.all([
    finding(`port ${port} (HTTP and WebSocket)`, host, port, () => livesOverHttp(host, port, isSecure)),
    finding(`port ${grpcPort} (gRPC)`, host, grpcPort, () => knowsIntents(addressOf(host, grpcPort), isSecure)),
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

/** Earshot answers the call, or names one of its own codes where it asks for credentials first (gRPC over HTTP/2). */
const knowsIntents = (address: string, isSecure: boolean): Promise<boolean> =>
  new Promise((resolve) => {
    const url = `${isSecure ? 'https' : 'http'}://${address}`;
    if (!URL.canParse(url)) return resolve(false);
    const session = connect(url, { rejectUnauthorized: false });
    const late = setTimeout(() => session.destroy(), ANSWER_TIMEOUT_MS);
    let isOurs = false;
    const look = (headers: IncomingHttpHeaders) => {
      isOurs ||= headers['grpc-status'] === '0' || headers['earshot-code'] !== undefined;
    };
    session.on('error', () => undefined);
    session.on('close', () => {
      clearTimeout(late);
      resolve(isOurs);
    });
    const asked = session.request({
      ':method': 'POST',
      ':path': '/earshot.v1.IntentService/ListModels',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    asked
      .on('response', look)
      .on('trailers', look)
      .on('error', () => undefined);
    asked.on('close', () => session.close());
    asked.resume().end(EMPTY_MESSAGE);
  });

/** Not compressed, of no bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5);
