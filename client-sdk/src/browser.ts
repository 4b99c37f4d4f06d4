import { json } from './codec.js';
import type { IntentStream } from './intent-stream.js';
import { opened, streamOver } from './open-stream.js';
import { browserTransport } from './transport-browser.js';
import type { WebSocketStreamOptions } from './index.js';

export * from './api.js';
export type { WebSocketStreamOptions } from './index.js';

/** As in Node, over the browser's own WebSocket. */
export const createStream = (options: WebSocketStreamOptions): IntentStream =>
  streamOver(browserTransport(options, options.codec ?? json), options);

/** The same once it is open: resolves at `ready`, rejects with EarshotError. */
export const openStream = (options: WebSocketStreamOptions): Promise<IntentStream> =>
  opened(() => createStream(options));
