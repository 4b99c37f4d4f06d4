import type { IntentStream } from './intent-stream.js';
import { openOver } from './open-stream.js';
import type { StreamOptions } from './stream-options.js';
import { webSocketTransport, type WebSocketProtocol } from './transport-ws.js';

export * from '../../proto/client-messages.js';
export { ERROR_CODES, type ErrorCode } from '../../proto/error-code.js';
export * from '../../proto/server-messages.js';
export type { Chunk } from './chunk-bytes.js';
export { EarshotError, type ClientErrorCode, type ErrorDetail } from './earshot-error.js';
export type { IntentStream, StreamState } from './intent-stream.js';
export type { AudioOptions, Settings, StreamOptions } from './stream-options.js';
export type { WebSocketProtocol } from './transport-ws.js';

/** A stream over WebSocket; `url` is `ws://host:port`, or a whole address with its path. */
export interface WebSocketStreamOptions extends StreamOptions {
  /** Default: `json`. */
  readonly protocol?: WebSocketProtocol;
}

/** Opens a stream over WebSocket: resolves at `ready`, rejects with EarshotError. */
export function openStream(options: WebSocketStreamOptions): Promise<IntentStream> {
  const { url, protocol = 'json', headers = {} } = options;
  return openOver(webSocketTransport({ url, protocol, headers }), options);
}
