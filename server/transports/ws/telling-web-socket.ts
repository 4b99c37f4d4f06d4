import { WebSocket } from 'ws';

/** Sent when a peer breaks the WebSocket protocol itself, or a limit that the library enforces. */
export type Violation = (closeCode: number) => void;

/**
 * A server-side WebSocket that says why before it closes by itself: `ws` closes at once on an oversized message or a
 * malformed one, and the caller would learn no more than a code.
 */
export class TellingWebSocket extends WebSocket {
  private violation: Violation | null = null;

  /** Called once, before the close frame leaves, if the library is about to close this socket for what the peer sent. */
  onViolation(tell: Violation): void {
    this.violation = tell;
  }

  /** Closes as asked by us; without `closeQuietly`, every close with a code is the library's own. */
  closeQuietly(code: number): void {
    this.violation = null;
    super.close(code);
  }

  override close(code?: number, reason?: string | Buffer): void {
    const tell = this.violation;
    this.violation = null;
    // A close that answers the peer's own repeats its code and its reason, and needs no explanation.
    const isOwn = code !== undefined && PROTOCOL_FAULTS.has(code) && reason === undefined;
    if (tell && isOwn && this.readyState === WebSocket.OPEN) tell(code);
    super.close(code, reason);
  }
}

/** Protocol error, invalid UTF-8, too many fragments, message too big. */
const PROTOCOL_FAULTS = new Set([1002, 1007, 1008, 1009]);
