import { Subject } from 'rxjs';
import type { Caller, CallerMessage, SessionMessage, StartRequest, StreamEnd } from '../../server/session/caller.js';
import { ANYBODY, type Identity } from '../../server/domain/identity.js';
import { hertz, milliseconds } from '../../server/domain/units.js';
import { deferred } from './outcomes.js';

/** A caller in the same process: the server gets its messages at once, and it keeps all messages that it receives. */
export class MemoryCaller implements Caller {
  readonly description = { transport: 'memory', remote: 'here' };
  readonly identity: Identity;
  readonly messages = new Subject<CallerMessage>();
  readonly received: { readonly message: SessionMessage; readonly seq: number }[] = [];
  readonly ends: StreamEnd[] = [];
  readonly valve: ('pause' | 'resume')[] = [];
  backlogBytes = 0;
  wasLost = false;
  private readonly ended = deferred<readonly SessionMessage[]>();

  say(...messages: readonly CallerMessage[]): void {
    for (const message of messages) this.messages.next(message);
  }

  constructor(identity: Identity = ANYBODY) {
    this.identity = identity;
  }

  /** Simulates a lost connection. */
  vanish(): void {
    this.wasLost = true;
    this.messages.complete();
  }

  hangUp(): void {
    this.messages.complete();
  }

  /** All messages that it received; resolves when its stream has ended. */
  get story(): Promise<readonly SessionMessage[]> {
    return this.ended.promise;
  }

  get kinds(): string[] {
    return this.received.map(({ message }) => (message.kind === 'intent' ? message.status : message.kind));
  }

  send(message: SessionMessage, seq: number): void {
    this.received.push({ message, seq });
  }

  pause(): void {
    this.valve.push('pause');
  }

  resume(): void {
    this.valve.push('resume');
  }

  end(end: StreamEnd): void {
    this.ends.push(end);
    this.ended.resolve(this.received.map(({ message }) => message));
  }
}

/** A start with mono PCM at 16 kHz; `change` overrides fields. */
export const startRequest = (change: Partial<StartRequest> = {}): CallerMessage => ({
  kind: 'start',
  request: {
    audio: { encoding: 'pcm_s16le', sampleRate: hertz(16_000), channels: 1 },
    model: null,
    hop: null,
    interim: true,
    topK: 5,
    threshold: null,
    endpointing: { silence: milliseconds(1_000), maxUtterance: milliseconds(30_000) },
    clientReferenceId: null,
    receipts: false,
    resume: null,
    ...change,
  },
});
