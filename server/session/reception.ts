import { randomUUID } from 'node:crypto';
import { refusal, type Refusal } from '../domain/error-code.js';
import type { Milliseconds } from '../domain/units.js';
import type { Caller, StreamEnd } from './caller.js';
import { Session } from './session.js';
import type { SessionContext } from './session-context.js';

/** Where callers arrive: opens a session for each that is admitted, and sees all of them out when the server drains. */
export class Reception {
  private readonly sessions = new Set<Session>();
  private stage: 'opening' | 'open' | 'draining' = 'opening';
  private allGone: () => void = () => undefined;

  constructor(private readonly context: SessionContext) {}

  get count(): number {
    return this.sessions.size;
  }

  /** Why the next caller would be turned away; null when it would be admitted. */
  get refusal(): Refusal | null {
    if (this.stage === 'opening')
      return refusal('overloaded', 'the models are still being loaded: try again in a few seconds');
    if (this.stage === 'draining') return refusal('draining', 'the server is draining: connect again');
    const { maxSessions } = this.context;
    return this.count < maxSessions
      ? null
      : refusal('too_many_sessions', `${maxSessions} streams are open, which is the limit`);
  }

  /** From now on callers are admitted. */
  open(): void {
    this.stage = 'open';
  }

  /** Opens a session for this caller, or tells it why not. */
  receive(caller: Caller): void {
    const refused = this.refusal;
    if (refused) this.turnAway(caller, refused);
    else this.admit(caller);
  }

  /** Admits nobody more, asks all to reconnect elsewhere, ends them after `grace`; resolves when all have gone. */
  async drain(grace: Milliseconds): Promise<void> {
    this.stage = 'draining';
    const gone = new Promise<void>((resolve) => (this.allGone = resolve));
    for (const session of [...this.sessions]) session.announceDrain(grace);
    if (this.sessions.size === 0) return;
    const timer = this.context.clock.after(grace, () => {
      for (const session of [...this.sessions]) session.finish('drained');
    });
    await gone;
    timer.cancel();
  }

  private turnAway(caller: Caller, refused: Refusal): void {
    this.context.log.warn({ ...caller.description, code: refused.code }, 'caller turned away');
    caller.send({ kind: 'error', requestId: randomUUID(), ...refused }, 1);
    caller.end({ kind: 'refused', ...refused });
  }

  private admit(caller: Caller): void {
    const id = randomUUID();
    const { log, observer, clock } = this.context;
    const { transport, remote } = caller.description;
    const openedAt = clock.now();
    observer.sessionOpened(transport);
    log.info({ session: id, transport, remote }, 'session opened');
    const onEnd = (ended: Session, end: StreamEnd | null) => {
      this.leave(ended);
      const how = nameOf(end);
      observer.sessionEnded(transport, how);
      const reason = end?.kind === 'refused' ? { reason: end.message } : {};
      log.info({ session: id, how, ...reason, ms: Math.round(clock.now() - openedAt) }, 'session ended');
    };
    const session = new Session(id, caller, this.context, onEnd);
    this.sessions.add(session);
    session.open();
  }

  private leave(session: Session): void {
    this.sessions.delete(session);
    if (this.sessions.size === 0) this.allGone();
  }
}

const nameOf = (end: StreamEnd | null): string => {
  if (end === null) return 'hung_up';
  return end.kind === 'refused' ? end.code : end.kind;
};
