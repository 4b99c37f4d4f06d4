import type { IntentStream } from './intent-stream.js';
import { openOver } from './open-stream.js';
import type { StreamOptions } from './stream-options.js';
import { grpcTransport } from './transport-grpc.js';

export { EarshotError } from './earshot-error.js';
export type { IntentStream } from './intent-stream.js';
export type { StreamOptions } from './stream-options.js';

/** Opens a stream over gRPC; `url` is `host:port`. Resolves at `ready`, rejects with EarshotError. */
export function openStream(options: StreamOptions): Promise<IntentStream> {
  const { url, headers = {} } = options;
  return openOver(grpcTransport({ url, headers }), options);
}
