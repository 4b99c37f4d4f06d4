import { json } from './codec.js';
import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { WebSocketStreamOptions } from './stream-options.js';
import { webSocketTransport } from './transport-ws.js';

export * from './api.js';
export type { WebSocketStreamOptions } from './stream-options.js';

/** A stream over WebSocket that begins to connect and takes audio at once; throws EarshotError `bad_request` where the options are wrong. */
export const createStream = (options: WebSocketStreamOptions): IntentStream =>
  streamOver((checked) => webSocketTransport(checked, checked.codec ?? json), options);

/** The same once it is open: resolves at `ready`, rejects with EarshotError. */
export const openStream = (options: WebSocketStreamOptions): Promise<IntentStream> =>
  opened(() => createStream(options));
