import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { StreamOptions } from './stream-options.js';
import { grpcTransport } from './transport-grpc.js';

export * from './api.js';

/**
 * Creates a stream over gRPC. Returns at once and connects in the background; audio can be sent immediately. `url` is `host:port`
 * or `http://host:port`, or `https://host:port` for TLS. Throws EarshotError `bad_request` when the options are invalid.
 */
export const createStream = (options: StreamOptions): IntentStream => streamOver(grpcTransport, options);

/** Like `createStream`, but resolves with the stream once it is open (at `ready`). Rejects with EarshotError. */
export const openStream = (options: StreamOptions): Promise<IntentStream> => opened(() => createStream(options));
