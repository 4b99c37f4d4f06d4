/** Converts between typed messages and their bytes or text. Decoding never throws: it returns the message, or what is wrong. */
export * from './client-messages.js';
export type { Decoded } from './decoded.js';
export { DEFAULTS } from './defaults.js';
export * from './error-code.js';
export { decodeClientJson, decodeServerJson, encodeClientJson, encodeServerJson } from './json.js';
export * from './one-shot.js';
export type * from './one-shot-messages.js';
export { decodeClientProto, decodeServerProto, encodeClientProto, encodeServerProto } from './protobuf.js';
export { classifyFromQuery, startFromQuery, type ClassifyQuery } from './query.js';
export * from './server-messages.js';
