import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { StreamOptions } from './stream-options.js';
import { grpcTransport } from './transport-grpc.js';

export * from './api.js';

/** A stream over gRPC that begins to connect and takes audio at once; `url` is `host:port`. Throws EarshotError `bad_request` where the options are wrong. */
export const createStream = (options: StreamOptions): IntentStream => streamOver(grpcTransport, options);

/** The same once it is open: resolves at `ready`, rejects with EarshotError. */
export const openStream = (options: StreamOptions): Promise<IntentStream> => opened(() => createStream(options));
