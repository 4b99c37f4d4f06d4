import { Client, credentials, status } from '@grpc/grpc-js';
import { WebSocket } from 'ws';
import {
  decodeServerJson,
  decodeServerProto,
  encodeClientJson,
  encodeClientProto,
  type ClientDraft,
  type Decoded,
  type ServerMessage,
} from '../../proto/wire.js';
import type { Transport } from './plan.js';

type ControlDraft = Parameters<typeof encodeClientJson>[0];

/** A caller's connection to the server, with as little code above the transport as possible. */
export interface Connection {
  /** Hands a ready-made audio message to the socket. */
  sendAudio(message: Uint8Array): void;
  say(control: ControlDraft): void;
  setReading(isReading: boolean): void;
  /** Whether so much is waiting for the network that no more should be sent now. */
  readonly isFull: boolean;
  cut(): void;
}

export interface Listener {
  opened(): void;
  heard(message: ServerMessage): void;
  /** Called once, when the connection has ended. `problem` says why; null if the server closed it normally. */
  ended(problem: string | null): void;
}

/** Where a server listens. */
export interface Addresses {
  /** `ws://host:port` */
  readonly url: string;
  /** `host:port` */
  readonly grpcUrl: string;
}

const FULL_BYTES = 256 * 1024;

/** Opens a connection and reports its events to the listener. */
export const connect = (transport: Transport, addresses: Addresses, listener: Listener): Connection => {
  switch (transport) {
    case 'ws':
      return connectWebSocket(addresses.url, JSON_WIRE, listener);
    case 'ws-proto':
      return connectWebSocket(addresses.url, PROTO_WIRE, listener);
    case 'grpc':
      return connectGrpc(addresses.grpcUrl, listener);
  }
};

interface WebSocketWire {
  readonly subProtocol: string;
  encode(control: ControlDraft): string | Uint8Array;
  decode(received: Buffer): Decoded<ServerMessage>;
}

const JSON_WIRE: WebSocketWire = {
  subProtocol: 'earshot.v1.json',
  encode: encodeClientJson,
  decode: (received) => decodeServerJson(received.toString('utf8')),
};

const PROTO_WIRE: WebSocketWire = {
  subProtocol: 'earshot.v1.proto',
  encode: encodeClientProto,
  decode: decodeServerProto,
};

const tell = (read: Decoded<ServerMessage>, listener: Listener): void =>
  listener.heard(read.ok ? read.message : notUnderstood(read.problem));

const notUnderstood = (message: string): ServerMessage => ({
  type: 'error',
  seq: 0,
  code: 'internal',
  message,
  retryable: false,
  request_id: '',
});

const connectWebSocket = (url: string, wire: WebSocketWire, listener: Listener): Connection => {
  const socket = new WebSocket(`${url}/v1/stream`, wire.subProtocol, { perMessageDeflate: false });
  let problem: string | null = null;
  socket.on('open', () => listener.opened());
  socket.on('message', (received) => tell(wire.decode(received as Buffer), listener));
  socket.on('error', (cause) => (problem = cause.message));
  socket.on('close', (code) => listener.ended(problem ?? (code === 1000 ? null : `close code ${code}`)));
  return {
    sendAudio: (message) => socket.send(message),
    say: (control) => socket.send(wire.encode(control)),
    setReading: (isReading) => (isReading ? socket.resume() : socket.pause()),
    get isFull() {
      return socket.bufferedAmount > FULL_BYTES;
    },
    cut: () => socket.terminate(),
  };
};

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const connectGrpc = (address: string, listener: Listener): Connection => {
  // Without its own pool, grpc-js would let callers share a TCP connection, as if they were behind one gateway.
  const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const call = client.makeBidiStreamRequest('/earshot.v1.IntentService/StreamIntents', asBuffer, decodeServerProto);
  call.on('data', (read: Decoded<ServerMessage>) => tell(read, listener));
  call.on('error', () => undefined);
  call.on('status', ({ code, details }) => {
    client.close();
    listener.ended(code === status.OK ? null : `gRPC status ${code}: ${details}`);
  });
  queueMicrotask(() => listener.opened());
  const say = (control: ClientDraft): void => void call.write(encodeClientProto(control));
  return {
    sendAudio: (message) => call.write(message),
    say,
    setReading: (isReading) => (isReading ? call.resume() : call.pause()),
    get isFull() {
      return call.writableNeedDrain;
    },
    cut: () => call.cancel(),
  };
};
