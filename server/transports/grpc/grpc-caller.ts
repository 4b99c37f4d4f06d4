import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import { refusal } from '../../domain/error-code.js';
import type { Caller, CallerMessage, SessionMessage, StreamEnd } from '../../session/caller.js';
import { MAX_MESSAGE_BYTES } from '../../../proto/limits.js';
import { encodeServerProto } from '../../../proto/protobuf.js';
import { toWire } from '../to-wire.js';
import type { Admitted } from './gate.js';
import { statusFor } from './grpc-status.js';

/** A streaming call that receives messages already decoded and sends messages already encoded. */
export type IntentCall = ServerDuplexStream<CallerMessage, Uint8Array>;

/** A call that was cut emits `end` like one that was half-closed; `cancelled` is set only some turns of the event loop later. */
const CUT_IS_KNOWN_MS = 20;

/** The refusal of a message that is too long; its exact length is not known here. */
const TOO_LARGE = refusal(
  'message_too_large',
  `a message is longer than ${MAX_MESSAGE_BYTES} bytes: send audio in shorter chunks`,
);

/** The remote end of one StreamIntents call. Half-closing it means an implied `close`. */
export class GrpcCaller implements Caller {
  readonly description;
  readonly identity;
  readonly messages: Observable<CallerMessage>;
  backlogBytes = 0;
  wasLost = false;
  private hasEnded = false;

  constructor(
    private readonly call: IntentCall,
    admitted: Admitted,
  ) {
    this.identity = admitted.identity;
    const [traceParent] = call.metadata.get('traceparent').map(String);
    this.description = { transport: 'grpc', remote: call.getPeer(), ...(traceParent !== undefined && { traceParent }) };
    this.messages = new Observable((subscriber) => {
      admitted.onOversized = () => subscriber.next({ kind: 'refused', refusal: TOO_LARGE });
      call.on('data', (message: CallerMessage) => subscriber.next(message));
      const halfClosed = () => {
        if (!call.cancelled) subscriber.next({ kind: 'close', isImplied: true });
      };
      // If the server itself was held up, what says that the call was cut may wait to be read: it is read before this check.
      call.on('end', () => setTimeout(() => setImmediate(halfClosed), CUT_IS_KNOWN_MS));
      // The library emits `close` as soon as the end of the call is written, even if the caller has not read it.
      const gone = async () => {
        this.wasLost = !this.hasEnded || !(await admitted.connection.confirm());
        subscriber.complete();
      };
      call.once('close', () => void gone());
    });
  }

  send(message: SessionMessage, seq: number): void {
    if (this.call.cancelled || this.hasEnded) return;
    const bytes = encodeServerProto(toWire(message, seq));
    this.backlogBytes += bytes.length;
    this.call.write(bytes, () => (this.backlogBytes -= bytes.length));
  }

  pause(): void {
    this.call.pause();
  }

  resume(): void {
    this.call.resume();
  }

  end(end: StreamEnd): void {
    this.hasEnded = true;
    this.call.resume();
    if (end.kind === 'refused') this.call.emit('error', statusFor(end));
    else this.call.end();
  }
}
