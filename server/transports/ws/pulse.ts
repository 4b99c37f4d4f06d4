import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/**
 * Finds peers that are gone without TCP knowing it: each is pinged at every interval (RFC 6455 §5.5.2), and cut off when
 * not a byte has come since the last time. A message that is long under way is heard byte by byte, since no pong can overtake it.
 */
export class Pulse {
  /** How many bytes had come when it was last asked; null where it was not. */
  private bytesWhenAsked: number | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly webSocket: WebSocket,
    private readonly connection: Pick<Socket, 'bytesRead'>,
    intervalMs: number,
  ) {
    this.timer = setInterval(() => this.look(), intervalMs);
    webSocket.on('close', () => clearInterval(this.timer));
  }

  private get isSilent(): boolean {
    return this.connection.bytesRead === this.bytesWhenAsked;
  }

  private look(): void {
    // What is not being read cannot be heard; when it is read again, an answer that waits is heard at once.
    if (this.webSocket.isPaused) this.bytesWhenAsked = null;
    else if (this.isSilent) setImmediate(() => this.judge());
    else {
      this.bytesWhenAsked = this.connection.bytesRead;
      this.webSocket.ping();
    }
  }

  /** When the server itself was held up, an answer may wait to be read: it has been by now. */
  private judge(): void {
    if (this.isSilent) this.webSocket.terminate();
  }
}
