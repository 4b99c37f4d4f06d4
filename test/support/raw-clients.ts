import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ClientDuplexStream,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { WebSocket } from 'ws';
import { PROTO } from './repository.js';
import type { Addresses } from './scripted-server.js';

/**
 * Clients that share no code with the server: `ws` and JSON.parse; `ws` and protobufjs's reflection; grpc-js and
 * proto-loader. Each plays the steps of one stream and returns what it received.
 */

export type WireMessage = Record<string, unknown> & { readonly type: string; readonly seq: number };

/** One step of a client: an object is sent as a control message, bytes as audio; a function is called and awaited. */
export type Step =
  Readonly<Record<string, unknown>> | Uint8Array | ((soFar: readonly WireMessage[]) => Promise<unknown>);

export interface Told {
  readonly messages: readonly WireMessage[];
  /** The WebSocket close code, or the gRPC status code. */
  readonly end: number;
  /** The HTTP status, if the handshake was refused. */
  readonly status?: number;
}

export type Talk = (server: Addresses, steps: readonly Step[]) => Promise<Told>;

const schema = protobuf.parse(readFileSync(PROTO, 'utf8'), { keepCase: true }).root;
export const ClientMessage = schema.lookupType('earshot.v1.ClientMessage');
export const ServerMessage = schema.lookupType('earshot.v1.ServerMessage');
export const REFLECTED = { defaults: true, arrays: true, longs: Number, oneofs: true } as const;

/** A server message as protobuf reflection gives it, in the shape of the JSON wire. */
export const flattened = (reflected: Record<string, unknown>): WireMessage => {
  const type = reflected.message as string;
  const body = reflected[type] as Record<string, unknown>;
  const plain = Object.fromEntries(
    Object.entries(body).filter(([key, value]) => !key.startsWith('_') && value !== undefined),
  );
  if (type === 'intent') plain.intent ??= null;
  return { ...plain, type, seq: reflected.seq as number };
};

/** A step in the shape of a protobuf ClientMessage. */
const enveloped = (step: Readonly<Record<string, unknown>> | Uint8Array): Record<string, unknown> => {
  if (step instanceof Uint8Array) return { audio: step };
  const { type, ...fields } = step;
  return { [type as string]: fields };
};

interface WebSocketWire {
  readonly subProtocol: string;
  encode(step: Readonly<Record<string, unknown>> | Uint8Array): string | Uint8Array;
  decode(received: Buffer): WireMessage;
}

const JSON_WIRE: WebSocketWire = {
  subProtocol: 'earshot.v1.json',
  encode: (step) => (step instanceof Uint8Array ? step : JSON.stringify(step)),
  decode: (received) => JSON.parse(received.toString('utf8')) as WireMessage,
};

const PROTO_WIRE: WebSocketWire = {
  subProtocol: 'earshot.v1.proto',
  encode: (step) => ClientMessage.encode(ClientMessage.fromObject(enveloped(step))).finish(),
  decode: (received) => flattened(ServerMessage.toObject(ServerMessage.decode(received), REFLECTED)),
};

const overWebSocket =
  (wire: WebSocketWire): Talk =>
  (server, steps) =>
    new Promise((resolve, reject) => {
      const messages: WireMessage[] = [];
      let status: number | undefined;
      const socket = new WebSocket(`ws://${server.http}/v1/stream`, wire.subProtocol);
      socket.on('unexpected-response', (_, response) => {
        status = response.statusCode;
        socket.terminate();
      });
      socket.on('message', (received) => messages.push(wire.decode(received as Buffer)));
      socket.on('error', () => undefined);
      socket.on('close', (end) => resolve({ messages, end, ...(status === undefined ? {} : { status }) }));
      socket.on('open', () => {
        void play(steps, messages, async (step) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(wire.encode(step));
          while (socket.bufferedAmount > 1 << 20) await new Promise((next) => setImmediate(next));
        }).catch(reject);
      });
    });

type Send = (step: Readonly<Record<string, unknown>> | Uint8Array) => Promise<unknown>;

const play = async (steps: readonly Step[], messages: readonly WireMessage[], send: Send): Promise<void> => {
  for (const step of steps) await (typeof step === 'function' ? step(messages) : send(step));
};

/** The client class of a service that proto-loader has read, by its full name. */
export const serviceIn = (loaded: object, name: string): unknown =>
  name.split('.').reduce<unknown>((scope, part) => (scope as Record<string, unknown>)[part], loaded);

const definition = loadSync(PROTO, { keepCase: true, ...REFLECTED });
const Client = serviceIn(loadPackageDefinition(definition), 'earshot.v1.IntentService') as new (
  address: string,
  channel: ReturnType<typeof credentials.createInsecure>,
) => GrpcClient;

export interface GrpcClient {
  StreamIntents(metadata?: Metadata): ClientDuplexStream<object, Record<string, unknown>>;
  Classify(
    request: object,
    callback: (problem: ServiceError | null, response: Record<string, unknown>) => void,
  ): ClientUnaryCall;
  ListModels(request: object, callback: (problem: ServiceError | null, response: { models: object[] }) => void): void;
  ListModels(request: object, metadata: Metadata, callback: (problem: ServiceError | null) => void): void;
  close(): void;
}

export const grpcClient = (server: Addresses): GrpcClient => new Client(server.grpc, credentials.createInsecure());

/** HTTP headers as gRPC sends them. */
export const metadataOf = (headers: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
};

const overGrpc: Talk = (server, steps) =>
  new Promise((resolve, reject) => {
    const client = grpcClient(server);
    const messages: WireMessage[] = [];
    const call = client.StreamIntents();
    call.on('data', (received: Record<string, unknown>) => messages.push(flattened(received)));
    call.on('error', () => undefined);
    call.on('status', ({ code }) => {
      client.close();
      resolve({ messages, end: code });
    });
    const drained = () => new Promise((next) => call.once('drain', next));
    void play(steps, messages, async (step) => {
      if (!call.write(enveloped(step)))
        await Promise.race([drained(), new Promise((next) => call.once('status', next))]);
    }).catch(reject);
  });

/** A client for every wire, by name. */
export const TALKS: Readonly<Record<'ws-json' | 'ws-proto' | 'grpc', Talk>> = {
  'ws-json': overWebSocket(JSON_WIRE),
  'ws-proto': overWebSocket(PROTO_WIRE),
  grpc: overGrpc,
};

export const START = { type: 'start', audio: { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 1 } } as const;
export const CLOSE = { type: 'close' } as const;

/** A step that waits until a message of that type has come. */
export const until =
  (type: string): Step =>
  async (soFar) => {
    while (!soFar.some((message) => message.type === type)) await sleep(2);
  };

/** A message without the fields that differ from run to run. */
export const strip = (message: WireMessage): Record<string, unknown> =>
  Object.fromEntries(Object.entries(message).filter(([key]) => !FROM_RUN_TO_RUN.has(key)));

const FROM_RUN_TO_RUN = new Set(['latency_ms', 'session_id', 'resume_token', 'request_id']);
