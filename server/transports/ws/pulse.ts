import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/**
 * Finds peers that are gone although TCP has not noticed: each is pinged at every interval (RFC 6455 §5.5.2), and cut off
 * when not a byte has come since the ping before. Bytes count rather than pongs, because no pong can overtake a long message.
 */
export class Pulse {
  /** How many bytes had come when the peer was last pinged; null where it was not pinged. */
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
    // A paused peer's bytes are not read, so it cannot be judged; when it is resumed, a waiting answer is read at once.
    if (this.webSocket.isPaused) this.bytesWhenAsked = null;
    else if (this.isSilent) setImmediate(() => this.judge());
    else {
      this.bytesWhenAsked = this.connection.bytesRead;
      this.webSocket.ping();
    }
  }

  /** Runs after pending input was read: if the server itself was held up, an answer may have been waiting. */
  private judge(): void {
    if (this.isSilent) this.webSocket.terminate();
  }
}
