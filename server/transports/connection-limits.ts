/** The limits of connections that the operator can set, the same for every transport. */
export interface ConnectionLimits {
  /** Within this time the head of an HTTP request or WebSocket handshake must have arrived, or its connection is closed. */
  readonly handshakeTimeoutMs: number;
  /** Within this time a whole HTTP request, its recording included, must have arrived, or its connection is closed. */
  readonly requestTimeoutMs: number;
  /** How often a peer is pinged; it counts as gone if nothing has come from it since the ping before. */
  readonly pingIntervalMs: number;
  /** Most connections of HTTP and WebSocket together; further ones are closed at once. */
  readonly maxConnections: number;
}

/** Most bytes of the head of an HTTP request; more is answered with 431. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** Most WebSocket frames of one message; browsers and proxies cut a message of 256 KiB into a dozen at most. */
export const MAX_FRAGMENTS = 1_024;
/** Most pieces of one WebSocket frame, as each costs memory; 256 KiB in the smallest TCP segments arrive in about 500. */
export const MAX_BUFFERED_PIECES = 4_096;
/** A peer that does not answer the end of its stream is cut off after this. */
export const CLOSE_TIMEOUT_MS = 5_000;
/** A gRPC connection without a call is closed after this; client channels open another when they need one. */
export const IDLE_CONNECTION_MS = 300_000;
