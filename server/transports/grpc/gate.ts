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

/** Health checks and reflection are for everybody. */
const GUARDED = '/earshot.v1.IntentService/';

/** A call that the gate has let in. */
export interface Admitted {
  /** Who has sent it. */
  readonly identity: Identity;
  readonly connection: Connection;
  /** Is told, instead of the call being ended, when a message comes that is longer than any may be. */
  onOversized: () => void;
}

/** Stands before the intent service: a call is refused before any of its messages is read. */
export class Gate {
  /** By the metadata that the call came with, which its handler is given too. */
  private readonly calls = new WeakMap<Metadata, Admitted>();

  constructor(
    private readonly doorkeeper: Doorkeeper,
    private readonly reception: Pick<Reception, 'turnedAway' | 'requestFailed'>,
    private readonly log: Log,
  ) {}

  /** The status of a call that failed inside the server, which is logged and counted. */
  failed(cause: unknown) {
    const count = () => this.reception.requestFailed('grpc');
    return statusFor(failedRequest({ log: this.log, count }, cause));
  }

  /** The status of a call that is refused, which is logged, and counted where its caller is turned away. */
  refused(call: { getPeer(): string }, why: Refusal, identity?: Identity): StatusObject {
    this.reception.turnedAway({ transport: 'grpc', remote: call.getPeer() }, why, identity);
    return statusFor(why);
  }

  /** The call that came with this metadata. */
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
