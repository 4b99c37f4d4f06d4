/** Exports that the Node, browser and gRPC builds share, in addition to the functions that open a stream. */
export type { Audio, AudioFormat, ClientMessage, Encoding, Endpointing } from '../../proto/client-messages.js';
export { ENCODINGS } from '../../proto/client-messages.js';
export { ERROR_CODES, type ErrorCode } from '../../proto/error-code.js';
export type * from '../../proto/server-messages.js';
export type { Chunk } from './chunk-bytes.js';
export type { Codec } from './codec.js';
export { EarshotError, type ClientErrorCode, type ErrorDetail } from './earshot-error.js';
export type { IntentStream, Waiting } from './intent-stream.js';
export type * from './stream-events.js';
export type { Asked, AudioOptions, Settings, StreamOptions } from './stream-options.js';
