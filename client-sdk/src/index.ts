import { json } from './codec.js';
import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { WebSocketStreamOptions } from './stream-options.js';
import { webSocketTransport } from './transport-ws.js';

export * from './api.js';
export type { WebSocketStreamOptions } from './stream-options.js';

/**
 * Creates a stream over WebSocket. Returns at once and connects in the background; audio can be sent immediately.
 * Throws EarshotError `bad_request` when the options are invalid.
 */
export const createStream = (options: WebSocketStreamOptions): IntentStream =>
  streamOver((checked) => webSocketTransport(checked, checked.codec ?? json), options);

/** Like `createStream`, but resolves with the stream once it is open (at `ready`). Rejects with EarshotError. */
export const openStream = (options: WebSocketStreamOptions): Promise<IntentStream> =>
  opened(() => createStream(options));
