import { json, type Codec } from './codec.js';
import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { StreamOptions } from './stream-options.js';
import { webSocketTransport } from './transport-ws.js';

export * from './api.js';

/** A stream over WebSocket; `url` is `ws://host:port`, or a whole address with its path. */
export interface WebSocketStreamOptions extends StreamOptions {
  /** How messages travel. Default: JSON; `@earshot/client/protobuf` has the other. */
  readonly codec?: Codec;
}

/** A stream over WebSocket that begins to connect and takes audio at once; throws EarshotError `bad_request` where the options are wrong. */
export const createStream = (options: WebSocketStreamOptions): IntentStream =>
  streamOver(webSocketTransport(options, options.codec ?? json), options);

/** The same once it is open: resolves at `ready`, rejects with EarshotError. */
export const openStream = (options: WebSocketStreamOptions): Promise<IntentStream> =>
  opened(() => createStream(options));
