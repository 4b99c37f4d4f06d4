import type { Account } from './accounts.js';
import type { ResumeRequest, StreamEnd } from './caller.js';
import type { Session } from './session.js';

/** How a session was done with: as its stream ended; or its caller hung up, or went on with an earlier stream. */
export type SessionEnd = StreamEnd | { readonly kind: 'hung_up' } | { readonly kind: 'resumed' };

/** In metrics and traces. */
export const nameOf = (end: SessionEnd): string => (end.kind === 'refused' ? end.code : end.kind);

/** Where sessions are looked after. */
export interface Desk {
  /** Of the caller, who stays the same if it comes back. */
  readonly account: Account;
  /** The stream that this names, if it can be resumed. */
  find(resume: ResumeRequest): Session | null;
  /** The session's caller has said what stream it wants. */
  started(session: Session): void;
  /** The session's stream is over; told once. */
  ended(session: Session, end: SessionEnd): void;
  /** The session has lost its caller, and waits for it to come back. */
  lost(session: Session): void;
  /** The caller of a lost session is back. */
  found(session: Session): void;
  /** Nobody can come back to this session; told last. */
  forget(session: Session): void;
}
