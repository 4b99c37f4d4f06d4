import { randomUUID } from 'node:crypto';
import { refusal, type ErrorCode, type Refusal } from '../domain/error-code.js';
import type { Identity } from '../domain/identity.js';
import type { Milliseconds } from '../domain/units.js';
import { Accounts, type Account } from './accounts.js';
import type { Caller } from './caller.js';
import { nameOf, type Desk } from './desk.js';
import { Line } from './line.js';
import { resumable } from './resumption.js';
import { Session } from './session.js';
import type { SessionContext } from './session-context.js';

/** Over which transport and from which address a request comes; for HTTP also its path, without the query. */
export interface Origin {
  readonly transport: string;
  readonly remote: string;
  readonly path?: string;
}

/** Whether a refusal with this code means that the request itself is wrong, whoever sends it and whenever. */
const IS_MISTAKE: Readonly<Record<ErrorCode, boolean>> = {
  bad_request: true,
  unauthenticated: false,
  permission_denied: false,
  model_not_found: true,
  start_timeout: false,
  idle_timeout: false,
  message_too_large: true,
  rate_exceeded: false,
  too_many_sessions: false,
  internal: false,
  overloaded: false,
  draining: false,
};

/** Where callers arrive: opens a session for each that is admitted, and ends all sessions when the server drains. */
export class Reception {
  /** Sessions with a caller whose stream has not ended. */
  private readonly sessions = new Set<Session>();
  /** Those of `sessions` whose caller has not sent start, the longest waiting first. */
  private readonly pending = new Set<Session>();
  /** Sessions whose caller may come back, the longest lost first. They do not count as open streams. */
  private readonly lost = new Set<Session>();
  /** Every session by id: those open, those lost, and those that ended but whose caller has not confirmed it. */
  private readonly held = new Map<string, Session>();
  private stage: 'opening' | 'open' | 'draining' = 'opening';
  private allGone: () => void = () => undefined;

  readonly accounts: Accounts;

  constructor(private readonly context: SessionContext) {
    this.accounts = new Accounts(context.clock);
  }

  get count(): number {
    return this.sessions.size;
  }

  /** How many streams wait for a caller that was lost. */
  get lostCount(): number {
    return this.lost.size;
  }

  /** How many sessions are held for any reason. */
  get heldCount(): number {
    return this.held.size;
  }

  /** Why not even the list of models can be given yet; null when it can. */
  get refusalOfAll(): Refusal | null {
    return this.stage === 'opening'
      ? refusal('overloaded', 'the models are still being loaded: try again in a few seconds')
      : null;
  }

  /** Why the next caller would be turned away; null when it would be admitted. */
  get refusal(): Refusal | null {
    if (this.refusalOfAll) return this.refusalOfAll;
    if (this.stage === 'draining') return refusal('draining', 'the server is draining: connect again');
    const { maxSessions } = this.context;
    return this.count < maxSessions
      ? null
      : refusal('too_many_sessions', `${maxSessions} streams are open, which is the limit`);
  }

  /** Why this caller may open no stream now; null when it may. */
  refusalFor(identity: Identity): Refusal | null {
    return this.refusal ?? this.accounts.of(identity).refusal;
  }

  /** Why a connection of this caller would be turned away now; null when it would be admitted, if only to resume a stream. */
  refusalAtDoor(identity: Identity): Refusal | null {
    if (this.refusal) return this.refusal;
    const full = this.accounts.of(identity).refusal;
    return full && !this.mayReturn(identity) ? full : null;
  }

  /** From now on callers are admitted. */
  open(): void {
    this.stage = 'open';
  }

  /** Opens a session for this caller, or tells it why not. */
  receive(caller: Caller): void {
    const refused = this.refusalAtDoor(caller.identity);
    if (refused) this.turnAway(caller, refused);
    else this.admit(caller);
  }

  /** Admits no more callers, asks all to reconnect, ends their streams after `grace`; resolves when all have ended. */
  async drain(grace: Milliseconds): Promise<void> {
    this.stage = 'draining';
    const gone = new Promise<void>((resolve) => (this.allGone = resolve));
    for (const session of [...this.lost]) session.letGo();
    for (const session of [...this.sessions]) session.announceDrain(grace);
    if (this.sessions.size === 0) return;
    const timer = this.context.clock.after(grace, () => {
      for (const session of [...this.sessions]) session.finish('drained');
    });
    await gone;
    timer.cancel();
  }

  /**
   * Logs a refusal and returns the id that the log has for it; counts it in the metrics unless the request itself is a
   * mistake. The message about a mistake is not logged: it repeats what was sent, which may be long, or a secret.
   */
  turnedAway(from: Origin, { code, message: reason }: Refusal, identity?: Identity): string {
    const { log, observer } = this.context;
    const requestId = randomUUID();
    const fields = { requestId, ...from, ...(identity && { identity: identity.name }), code };
    if (IS_MISTAKE[code]) log.info(fields, 'request refused');
    else {
      log.warn({ ...fields, reason }, 'caller turned away');
      observer.turnedAway(from.transport, code);
    }
    return requestId;
  }

  /** Counts a request, other than a stream, that failed inside the server. */
  requestFailed(transport: string): void {
    this.context.observer.turnedAway(transport, 'internal');
  }

  private turnAway(caller: Caller, refused: Refusal): void {
    const { transport, remote } = caller.description;
    const requestId = this.turnedAway({ transport, remote }, refused, caller.identity);
    caller.send({ kind: 'error', requestId, ...refused }, 1);
    caller.end({ kind: 'refused', ...refused });
  }

  private admit(caller: Caller): void {
    const { log, observer } = this.context;
    const { transport, remote } = caller.description;
    const line = new Line(caller);
    const account = this.accounts.of(caller.identity);
    const session = new Session(line, this.context, this.deskFor(transport, account));
    observer.sessionOpened(transport);
    log.info({ session: session.id, transport, remote, identity: caller.identity.name }, 'session opened');
    this.sessions.add(session);
    // Beyond the caller's limit it can only resume a stream, which has its place.
    if (account.refusal === null) account.opened();
    this.held.set(session.id, session);
    this.pending.add(session);
    line.open(session);
    this.makeRoom();
  }

  /** Of too many callers without start, refuses the longest waiting: idle connections never block callers that start at once. */
  private makeRoom(): void {
    const { maxPending } = this.context;
    const [longest] = this.pending;
    if (this.pending.size > maxPending)
      longest?.refuse(
        refusal('overloaded', `more than ${maxPending} connections have not said start: this one waited longest`),
      );
  }

  private deskFor(transport: string, account: Account): Desk {
    const { log, observer, clock } = this.context;
    const openedAt = clock.now();
    return {
      account,
      find: (request, resume) => resumable(this.held.get(resume.sessionId), { request, resume, account }),
      started: (session) => {
        this.pending.delete(session);
        account.opened();
      },
      ended: (session, end) => {
        this.leave(session);
        const how = nameOf(end);
        observer.sessionEnded(transport, how);
        const reason = end.kind === 'refused' ? { reason: end.message } : {};
        log.info({ session: session.id, how, ...reason, ms: Math.round(clock.now() - openedAt) }, 'session ended');
      },
      lost: (session) => this.lose(session),
      found: (session) => {
        this.lost.delete(session);
        if (session.isOpen) this.enter(session);
        log.info({ session: session.id }, 'caller is back');
      },
      forget: (session) => {
        this.lost.delete(session);
        this.held.delete(session.id);
      },
    };
  }

  /** Whether a caller at its limit may open a connection: one for each of its open streams that it may want to resume. */
  private mayReturn({ name }: Identity): boolean {
    let left = 0;
    for (const { token, desk } of this.sessions) {
      if (desk.account.identity.name !== name) continue;
      if (token !== '') left += 1;
      else if (!desk.account.hasPlace) left -= 1;
    }
    return left > 0;
  }

  private lose(session: Session): void {
    // Whoever comes back is turned away.
    if (this.stage === 'draining') return session.letGo();
    this.context.log.info({ session: session.id }, 'caller lost');
    this.leave(session);
    this.lost.add(session);
    const [longestLost] = this.lost;
    if (this.lost.size > this.context.maxSessions) longestLost?.letGo();
  }

  private enter(session: Session): void {
    this.sessions.add(session);
    session.desk.account.opened();
  }

  private leave(session: Session): void {
    if (this.sessions.delete(session)) session.desk.account.closed();
    this.pending.delete(session);
    if (this.sessions.size === 0) this.allGone();
  }
}
