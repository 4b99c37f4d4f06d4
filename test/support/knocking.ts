import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { WebSocket, type ClientOptions } from 'ws';
import { grpcClient, type WireMessage } from './raw-clients.js';
import type { Addresses } from './scripted-server.js';

/** What a client shows at the door. */
export interface Shown {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly query?: string;
}

export interface Opened {
  /** 101 where the handshake succeeded. */
  readonly status: number;
  /** The answer's body where it did not. */
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

/** Tries to open a WebSocket. */
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

/** The HTTP status that a WebSocket handshake is answered with; 101 where it succeeds. */
export const handshake = async (server: Addresses, shown: Shown): Promise<number> => {
  const opened = await knock(`ws://${server.http}`, shown);
  opened.socket.terminate();
  return opened.status;
};

/** Calls ListModels with this metadata; null where it succeeds. */
export const callOverGrpc = (
  server: Addresses,
  headers: Readonly<Record<string, string>>,
): Promise<ServiceError | null> =>
  new Promise((resolve) => {
    const client = grpcClient(server);
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const list = client.ListModels.bind(client) as unknown as (
      request: object,
      metadata: Metadata,
      callback: (problem: ServiceError | null) => void,
    ) => void;
    list({}, metadata, (problem) => {
      client.close();
      resolve(problem);
    });
  });

/** The same way in over each wire: whether it is let in, refused for who it is, or for what it may. */
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
