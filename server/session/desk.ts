import type { Account } from './accounts.js';
import type { ResumeRequest, StartRequest, StreamEnd } from './caller.js';
import type { Resumable } from './resumption.js';
import type { Session } from './session.js';

/** How a session ended: as its stream did, or because its caller hung up, or because its caller resumed an earlier stream. */
export type SessionEnd = StreamEnd | { readonly kind: 'hung_up' } | { readonly kind: 'resumed' };

/** The name of a session's end in logs, metrics and traces. */
export const nameOf = (end: SessionEnd): string => (end.kind === 'refused' ? end.code : end.kind);

/** What a session needs of the reception, which keeps all sessions. */
export interface Desk {
  /** The caller's account, which stays the same if the caller comes back. */
  readonly account: Account;
  /** The session that the start resumes, or why it cannot. */
  find(request: StartRequest, resume: ResumeRequest): Resumable;
  /** The session's caller has started its stream. */
  started(session: Session): void;
  /** The session's stream is over; called once. */
  ended(session: Session, end: SessionEnd): void;
  /** The session has lost its caller, and waits for it to come back. */
  lost(session: Session): void;
  /** The caller of a lost session is back. */
  found(session: Session): void;
  /** Nobody can come back to this session; called last. */
  forget(session: Session): void;
}
