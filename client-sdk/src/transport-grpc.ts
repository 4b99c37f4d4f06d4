import * as grpc from '@grpc/grpc-js';
import { INTENT_SERVICE } from '../../proto/intent-service.js';
import type { ClientDraft, Decoded, ErrorCode, ServerMessage } from '../../proto/wire.js';
import type { Connect, Connection, ConnectionEvents } from './connection.js';
import { EarshotError, type ClientErrorCode } from './earshot-error.js';

type Call = grpc.ClientDuplexStream<ClientDraft, Decoded<ServerMessage>>;

interface GrpcOptions {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Connects by gRPC to `host:port` or `http://host:port` without, to `https://host:port` with encryption. */
export const grpcTransport =
  ({ url, headers }: GrpcOptions): Connect =>
  (events) => {
    const { target, credentials } = addressOf(String(url));
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return new GrpcConnection(new grpc.Client(target, credentials), metadata, events);
  };

function addressOf(url: string): { target: string; credentials: grpc.ChannelCredentials } {
  const [, scheme, target] = /^(?:(https?):\/\/)?([^/\s]+:\d+)\/?$/.exec(url) ?? [];
  if (target === undefined) {
    throw new EarshotError(
      'bad_request',
      `url ${JSON.stringify(url)} is not host:port, http://host:port or https://host:port`,
    );
  }
  const credentials = scheme === 'https' ? grpc.credentials.createSsl() : grpc.credentials.createInsecure();
  return { target, credentials };
}

class GrpcConnection implements Connection {
  readonly #call: Call;
  #hasOpened = false;

  constructor(client: grpc.Client, metadata: grpc.Metadata, events: ConnectionEvents) {
    const { path, requestSerialize, responseDeserialize } = INTENT_SERVICE.StreamIntents;
    this.#call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    this.#call.on('data', (message: Decoded<ServerMessage>) => {
      this.#hasOpened = true;
      events.received(message);
    });
    this.#call.on('drain', () => events.drained());
    // Every error is a status too, and the status is told in either case.
    this.#call.on('error', () => undefined);
    this.#call.on('status', (status) => {
      events.ended(this.#endedBy(status));
      client.close();
    });
    queueMicrotask(() => events.opened());
  }

  send(message: ClientDraft): boolean {
    return this.#call.write(message);
  }

  close(): void {
    this.#call.end();
  }

  abort(): void {
    this.#call.cancel();
  }

  #endedBy({ code, details }: grpc.StatusObject): EarshotError {
    const message = `${details || 'no reason given'} (gRPC status ${code} ${grpc.status[code]})`;
    const known = REFUSALS[code];
    const fallback: ClientErrorCode = this.#hasOpened ? 'disconnected' : 'connect_failed';
    return new EarshotError(known ?? fallback, message, { retryable: known === undefined, closeCode: code });
  }
}

/** The refusals that a proxy or the library may send without an `error` message. */
const REFUSALS: Readonly<Partial<Record<grpc.status, ErrorCode>>> = {
  [grpc.status.UNAUTHENTICATED]: 'unauthenticated',
  [grpc.status.PERMISSION_DENIED]: 'permission_denied',
};
