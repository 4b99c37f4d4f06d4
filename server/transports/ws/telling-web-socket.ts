import { WebSocket } from 'ws';

/**
 * Called when a peer breaks the WebSocket protocol itself, or a limit that the library enforces: with the close code, and with
 * what the library says is wrong.
 */
export type Violation = (closeCode: number, problem: string) => void;

/**
 * A server-side WebSocket that can send an error before the library closes it: `ws` closes at once on an oversized or malformed
 * message, and the caller would get no more than a code.
 */
export class TellingWebSocket extends WebSocket {
  private violation: Violation | null = null;

  /** Calls `tell` once, before the close frame is sent, if the library is about to close this socket for what the peer sent. */
  onViolation(tell: Violation): void {
    this.violation = tell;
  }

  /** Closes the socket for the server itself, without a call of `tell`; `close` is left to the library. */
  closeQuietly(code: number): void {
    this.violation = null;
    super.close(code);
  }

  override close(code?: number, reason?: string | Buffer): void {
    const tell = this.violation;
    this.violation = null;
    // A close that answers the peer's own close repeats its code and its reason, and needs no explanation.
    const isOwn = code !== undefined && PROTOCOL_FAULTS.has(code) && reason === undefined;
    if (!tell || !isOwn || this.readyState !== WebSocket.OPEN) return super.close(code, reason);
    // The library asks for the close just before it says why, in the same turn.
    this.once('error', ({ message }) => {
      tell(code, message);
      super.close(code);
    });
  }
}

/** The close codes for a protocol error, invalid UTF-8, too many fragments or pieces, and a message that is too big. */
const PROTOCOL_FAULTS = new Set([1002, 1007, 1008, 1009]);
