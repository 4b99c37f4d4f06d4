import { Observable } from 'rxjs';
import { refusal, type Refusal } from '../../domain/error-code.js';
import type { Identity } from '../../domain/identity.js';
import type { Caller, CallerMessage, SessionMessage, StreamEnd } from '../../session/caller.js';
import { MAX_MESSAGE_BYTES } from '../../../proto/limits.js';
import { CLOSE_TIMEOUT_MS, MAX_BUFFERED_PIECES, MAX_FRAGMENTS } from '../connection-limits.js';
import { fromWire } from '../from-wire.js';
import { toWire } from '../to-wire.js';
import { closeCodeOf } from './close-codes.js';
import { bufferOf, subProtocolOf, type SubProtocol } from './sub-protocol.js';
import type { TellingWebSocket } from './telling-web-socket.js';

/** Close codes of a peer that leaves on purpose: done, going away (a page was left), no code. Others mean a lost connection. */
const GOODBYES: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** The remote end of one WebSocket. `first` is the message in its URL, which comes before all others. */
export class WsCaller implements Caller {
  readonly description;
  readonly messages: Observable<CallerMessage>;
  wasLost = false;
  private readonly protocol: SubProtocol;
  /** The close code that RFC 6455 prescribes for the peer's violation; it takes precedence over the server's own codes. */
  private violation: number | null = null;

  constructor(
    private readonly socket: TellingWebSocket,
    readonly identity: Identity,
    from: { readonly remote: string; readonly traceParent?: string | undefined },
    first: CallerMessage | null,
  ) {
    this.protocol = subProtocolOf(socket.protocol);
    this.description = { transport: this.protocol.transport, ...from };
    this.messages = new Observable((subscriber) => {
      socket.on('message', (received, isBinary) =>
        subscriber.next(fromWire(this.protocol.decode(bufferOf(received), isBinary))),
      );
      for (const control of ['ping', 'pong'] as const) socket.on(control, () => subscriber.next({ kind: 'ping' }));
      socket.on('close', (code) => {
        this.wasLost = !GOODBYES.has(code);
        subscriber.complete();
      });
      // Ignored: a `close` always follows, and onViolation reports violations.
      socket.on('error', () => undefined);
      socket.onViolation((closeCode, problem) => {
        this.violation = closeCode;
        subscriber.next({ kind: 'refused', refusal: refusalOf(closeCode, problem) });
      });
      if (first) subscriber.next(first);
    });
  }

  get backlogBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(message: SessionMessage, seq: number): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(this.protocol.encode(toWire(message, seq)));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(end: StreamEnd): void {
    this.socket.resume();
    this.socket.closeQuietly(this.violation ?? closeCodeOf(end));
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }
}

const refusalOf = (closeCode: number, problem: string): Refusal => {
  switch (closeCode) {
    case 1009:
      return refusal(
        'message_too_large',
        `a message is longer than ${MAX_MESSAGE_BYTES} bytes: send audio in shorter chunks`,
      );
    case 1008:
      return refusal(
        'bad_request',
        `a message came in more than ${MAX_FRAGMENTS} fragments, or a frame in more than ${MAX_BUFFERED_PIECES} pieces`,
      );
    default:
      return refusal('bad_request', `${problem} (RFC 6455, close code ${closeCode})`);
  }
};
