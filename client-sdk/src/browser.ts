import { json } from './codec.js';
import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import type { WebSocketStreamOptions } from './stream-options.js';
import { browserTransport } from './transport-browser.js';

export * from './api.js';
export type { WebSocketStreamOptions } from './stream-options.js';

/** As in Node, over the browser's own WebSocket. */
export const createStream = (options: WebSocketStreamOptions): IntentStream =>
  streamOver((checked) => browserTransport(checked, checked.codec ?? json), options);

/** The same once it is open: resolves at `ready`, rejects with EarshotError. */
export const openStream = (options: WebSocketStreamOptions): Promise<IntentStream> =>
  opened(() => createStream(options));
