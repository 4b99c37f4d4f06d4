/** What one connection may take, whatever it carries; the operator's part. */
export interface ConnectionLimits {
  /** An HTTP request's head, be it of a WebSocket handshake, has come by then or its connection is closed. */
  readonly handshakeTimeoutMs: number;
  /** An HTTP request has come whole by then, its recording included, or its connection is closed. */
  readonly requestTimeoutMs: number;
  /** How often a peer is asked whether it is there; it is gone if nothing has come of it since it was asked. */
  readonly pingIntervalMs: number;
  /** Connections of HTTP and WebSocket together; one more is closed as it comes. */
  readonly maxConnections: number;
}

/** Bytes of the head of an HTTP request; more is answered with 431. */
export const MAX_HEADER_BYTES = 16 * 1024;
/** WebSocket frames of one message; browsers and proxies cut a message of 256 KiB into a dozen at most. */
export const MAX_FRAGMENTS = 1_024;
/** Pieces in which one WebSocket frame may arrive: 256 KiB in the smallest TCP segments are some 500. Each costs memory of its own. */
export const MAX_BUFFERED_PIECES = 4_096;
/** A peer that does not take the end of its stream is cut off after this. */
export const CLOSE_TIMEOUT_MS = 5_000;
/** A gRPC connection without a call is closed after this; channels open another when they need it. */
export const IDLE_CONNECTION_MS = 300_000;
