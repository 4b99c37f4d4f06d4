import {
  ServerInterceptingCall,
  ServerListenerBuilder,
  type Metadata,
  type ServerInterceptor,
  type ServerInterceptingCallInterface,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Doorkeeper } from '../../access/doorkeeper.js';
import type { Refusal } from '../../domain/error-code.js';
import type { Identity } from '../../domain/identity.js';
import type { Log } from '../../domain/log.js';
import type { Reception } from '../../session/reception.js';
import { failedRequest } from '../failed-request.js';
import { RECORDING_TOO_LARGE } from '../one-shots.js';
import { bearerIn, nameIn } from '../presented.js';
import { connectionOf, type Connection } from './connection.js';
import { statusFor } from './grpc-status.js';
import { onOversized } from './oversized.js';

/** Only the intent service is guarded: health checks and reflection are open to everybody. */
const GUARDED = '/earshot.v1.IntentService/';

/** What is known about a call that the gate has admitted. */
export interface Admitted {
  /** Who made the call. */
  readonly identity: Identity;
  readonly connection: Connection;
  /** Called when a message arrives that is too long, instead of the library ending the call. */
  onOversized: () => void;
}

/** Authenticates calls of the intent service: one that is refused ends before any of its messages is read. */
export class Gate {
  /** Admitted calls by their metadata object, which the service's handler gets, too. */
  private readonly calls = new WeakMap<Metadata, Admitted>();

  constructor(
    private readonly doorkeeper: Doorkeeper,
    private readonly reception: Pick<Reception, 'turnedAway' | 'requestFailed'>,
    private readonly log: Log,
  ) {}

  /** Logs and counts a call that failed inside the server; returns its status. */
  failed(cause: unknown) {
    const count = () => this.reception.requestFailed('grpc');
    return statusFor(failedRequest({ log: this.log, count }, cause));
  }

  /** Logs a refused call, and counts it unless the request is a mistake; returns its status. */
  refused(call: { getPeer(): string }, why: Refusal, identity?: Identity): StatusObject {
    this.reception.turnedAway({ transport: 'grpc', remote: call.getPeer() }, why, identity);
    return statusFor(why);
  }

  /** What is known about the admitted call with this metadata. */
  admitted(metadata: Metadata): Admitted {
    const call = this.calls.get(metadata);
    if (call === undefined) throw new Error('a call has passed the gate unasked');
    return call;
  }

  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    if (!path.startsWith(GUARDED)) return new ServerInterceptingCall(call);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => void this.admit(call, metadata, next))
      .build();
    return new ServerInterceptingCall(call, { start: (next) => next(listener) });
  };

  private async admit(
    call: ServerInterceptingCallInterface,
    metadata: Metadata,
    next: (metadata: Metadata) => void,
  ): Promise<void> {
    try {
      const admission = await this.doorkeeper.admit({
        credentials: metadata.get('authorization').map((value) => bearerIn(String(value))),
        certificate: nameIn(call.getAuthContext().sslPeerCertificate),
        provenance: { origin: null, host: null },
      });
      if (!admission.ok) {
        call.sendStatus(this.refused(call, admission.refusal));
        return;
      }
      const { identity } = admission;
      const refuse = () => call.sendStatus(this.refused(call, RECORDING_TOO_LARGE, identity));
      const admitted: Admitted = { identity, connection: connectionOf(call), onOversized: refuse };
      this.calls.set(metadata, admitted);
      onOversized(call, () => admitted.onOversized());
    } catch (cause) {
      call.sendStatus(this.failed(cause));
      return;
    }
    next(metadata);
  }
}
