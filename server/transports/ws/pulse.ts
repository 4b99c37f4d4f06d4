import type { WebSocket } from 'ws';

/**
 * Finds peers that are gone without TCP knowing it: one that was silent for an interval is pinged (RFC 6455 §5.5.2), and
 * cut off if it is silent for another.
 */
export class Pulse {
  private isSilent = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    intervalMs: number,
  ) {
    this.timer = setInterval(() => this.look(), intervalMs);
    for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, () => (this.isSilent = false));
    socket.on('close', () => clearInterval(this.timer));
  }

  private look(): void {
    // What is not being read cannot be heard; when it is read again, an answer that waits is heard at once.
    if (this.socket.isPaused) this.isSilent = false;
    else if (this.isSilent) setImmediate(() => this.judge());
    else {
      this.isSilent = true;
      this.socket.ping();
    }
  }

  /** When the server itself was held up, an answer may wait to be read: it has been by now. */
  private judge(): void {
    if (this.isSilent) this.socket.terminate();
  }
}
