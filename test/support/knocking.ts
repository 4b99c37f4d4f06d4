import { status, type ServiceError } from '@grpc/grpc-js';
import { WebSocket, type ClientOptions } from 'ws';
import { grpcClient, metadataOf, type WireMessage } from './raw-clients.js';
import type { Addresses } from './scripted-server.js';

/** Where a client presents its credential when it connects: in headers, in sub-protocols or in the query of the URL. */
export interface Shown {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly query?: string;
}

export interface Opened {
  /** HTTP status of the handshake: 101 if it succeeded; 0 if there was no HTTP answer. */
  readonly status: number;
  /** Body of the HTTP answer, or the error, if the handshake failed. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: WebSocket;
  readonly messages: readonly WireMessage[];
  /** The close code. */
  readonly end: Promise<number>;
}

export const bearer = (credential: string): Shown => ({ headers: { Authorization: `Bearer ${credential}` } });
export const inProtocol = (credential: string): Shown => ({
  protocols: ['earshot.v1.json', `earshot.bearer.${credential}`],
});
export const inUrl = (token: string): Shown => ({ query: `?token=${token}` });

/** Tries to open a WebSocket; resolves in any case with the outcome. */
export const knock = (
  address: string,
  { headers = {}, protocols = ['earshot.v1.json'], query = '' }: Shown,
  options: ClientOptions = {},
): Promise<Opened> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${address}/v1/stream${query}`, [...protocols], { ...options, headers });
    const messages: WireMessage[] = [];
    const end = new Promise<number>((ended) => socket.on('close', ended));
    socket.on('message', (received) => messages.push(JSON.parse((received as Buffer).toString()) as WireMessage));
    socket.on('error', (problem) => resolve({ status: 0, body: String(problem), headers: {}, socket, messages, end }));
    socket.on('open', () => resolve({ status: 101, body: '', headers: {}, socket, messages, end }));
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => {
        socket.terminate();
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers, socket, messages, end });
      });
    });
  });

/** The HTTP status that answers a WebSocket handshake; 101 if it succeeds. */
export const handshake = async (server: Addresses, shown: Shown): Promise<number> => {
  const opened = await knock(`ws://${server.http}`, shown);
  opened.socket.terminate();
  return opened.status;
};

/** Calls ListModels with `headers` as metadata; resolves with its error, or null if it succeeds. */
export const callOverGrpc = (
  server: Addresses,
  headers: Readonly<Record<string, string>>,
): Promise<ServiceError | null> =>
  new Promise((resolve) => {
    const client = grpcClient(server);
    client.ListModels({}, metadataOf(headers), (problem) => {
      client.close();
      resolve(problem);
    });
  });

/** For each wire, tries a credential and names the outcome, such as `in`, `unauthenticated` or `permission_denied`. */
export const OVER: Readonly<Record<string, (server: Addresses, shown: Shown) => Promise<string>>> = {
  WebSocket: async (server, shown) => WORDS[await handshake(server, shown)] ?? 'else',
  HTTP: async (server, { headers = {}, query = '' }) =>
    WORDS[(await fetch(`http://${server.http}/v1/models${query}`, { headers })).status] ?? 'else',
  gRPC: async (server, { headers = {} }) => WORDS[(await callOverGrpc(server, headers))?.code ?? status.OK] ?? 'else',
};

const WORDS: Readonly<Record<number, string>> = {
  101: 'in',
  200: 'in',
  [status.OK]: 'in',
  401: 'unauthenticated',
  [status.UNAUTHENTICATED]: 'unauthenticated',
  403: 'permission_denied',
  [status.PERMISSION_DENIED]: 'permission_denied',
  429: 'too_many_sessions',
  503: 'overloaded',
  [status.UNAVAILABLE]: 'overloaded',
};
