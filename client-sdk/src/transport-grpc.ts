import * as grpc from '@grpc/grpc-js';
import {
  decodeServerProto,
  encodeClientProto,
  ERROR_CODES,
  isRetryable,
  type ClientDraft,
  type Decoded,
  type ErrorCode,
  type ServerMessage,
} from '../../proto/wire.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError, type ClientErrorCode } from './earshot-error.js';
import { ask, headersFor, type StreamOptions } from './stream-options.js';

const PATH = '/earshot.v1.IntentService/StreamIntents';
/** Trailing metadata in which the server repeats the code of its error. */
const CODE_METADATA = 'earshot-code';
const CLOSE_TIMEOUT_MS = 2_000;

type Call = grpc.ClientDuplexStream<ClientDraft, Decoded<ServerMessage>>;

/** Connects over gRPC: unencrypted to `host:port` or `http://host:port`, with TLS to `https://host:port`. */
export const grpcTransport = (options: StreamOptions): Connect => {
  const { url } = options;
  if ((options as { codec?: unknown }).codec)
    throw new EarshotError('bad_request', 'codec is for WebSocket; gRPC carries protobuf, so leave it out');
  if (typeof url !== 'function') addressOf(String(url));
  return async (events) => {
    const [address, headers] = await Promise.all([ask(url), headersFor(options)]);
    const { target, credentials } = addressOf(String(address));
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) setIn(metadata, name, value);
    return new GrpcConnection(new grpc.Client(target, credentials), metadata, events);
  };
};

function setIn(metadata: grpc.Metadata, name: string, value: string): void {
  try {
    metadata.set(name, value);
  } catch {
    // The message of grpc-js contains the value, which may be secret.
    throw new EarshotError(
      'bad_request',
      `header ${JSON.stringify(name)} has a name or a value that gRPC cannot carry`,
    );
  }
}

/** A URL that is given as an object has forgotten its port where that is its scheme's own. */
const OWN_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

function addressOf(url: string): { target: string; credentials: grpc.ChannelCredentials } {
  const [, scheme = '', host, port = OWN_PORTS[scheme]] = /^(?:(https?):\/\/)?([^/\s]+?)(:\d+)?\/?$/.exec(url) ?? [];
  if (host === undefined || port === undefined) {
    throw new EarshotError(
      'bad_request',
      `url ${JSON.stringify(url)} is not host:port, http://host:port or https://host:port`,
    );
  }
  const credentials = scheme === 'https' ? grpc.credentials.createSsl() : grpc.credentials.createInsecure();
  return { target: host + port, credentials };
}

class GrpcConnection implements Connection {
  readonly #call: Call;
  #hasOpened = false;
  #hasEnded = false;

  constructor(client: grpc.Client, metadata: grpc.Metadata, events: ConnectionEvents) {
    this.#call = client.makeBidiStreamRequest(PATH, serialized, decodeServerProto, metadata);
    this.#call.on('data', (message: Decoded<ServerMessage>) => {
      this.#hasOpened = true;
      events.received(message);
    });
    this.#call.on('drain', () => events.drained());
    // An error is also reported as a status, which is handled below.
    this.#call.on('error', () => undefined);
    this.#call.on('status', (status) => {
      this.#hasEnded = true;
      events.ended(this.#endedBy(status));
      client.close();
    });
    setImmediate(() => events.opened());
  }

  send(message: ClientDraft): boolean {
    return this.#call.write(message);
  }

  close(): void {
    // The timer of a call that has ended by itself would never be cleared, and would keep the process alive.
    if (this.#hasEnded) return;
    this.#call.end();
    const timer = setTimeout(() => this.#call.cancel(), CLOSE_TIMEOUT_MS);
    this.#call.once('status', () => clearTimeout(timer));
  }

  drop(): void {
    this.#call.cancel();
  }

  #endedBy({ code: closeCode, details, metadata }: grpc.StatusObject): EarshotError {
    const message = `${details || 'no reason given'} (gRPC status ${closeCode} ${grpc.status[closeCode]})`;
    const [told] = metadata.get(CODE_METADATA);
    const known = ERROR_CODES.find((code) => code === told) ?? REFUSALS[closeCode];
    const fallback: ClientErrorCode = this.#hasOpened ? 'disconnected' : 'connect_failed';
    const retryable = known === undefined || isRetryable[known];
    return new EarshotError(known ?? fallback, message, { retryable, closeCode });
  }
}

function serialized(message: ClientDraft): Buffer {
  const bytes = encodeClientProto(message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The codes of refusals without the server's metadata, for example from a proxy. */
const REFUSALS: Readonly<Partial<Record<grpc.status, ErrorCode>>> = {
  [grpc.status.UNAUTHENTICATED]: 'unauthenticated',
  [grpc.status.PERMISSION_DENIED]: 'permission_denied',
};
