import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { refusal, refused, type Refused } from '../domain/error-code.js';
import type { Account } from './accounts.js';
import type { ResumeRequest, StartRequest, StreamConfig } from './caller.js';
import type { Session } from './session.js';

/** A secret that only the caller of the stream is told. */
export const newResumeToken = (): string => randomBytes(24).toString('base64url');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time. */
const isSameToken = (given: string, token: string): boolean =>
  token !== '' && timingSafeEqual(digest(given), digest(token));

/** The sentence for a stream that does not exist or that the caller may not resume; it does not reveal which of the two. */
const unknownStream = ({ sessionId }: ResumeRequest): string =>
  `resume.session_id ${JSON.stringify(sessionId.slice(0, 64))} with that resume_token is no stream that can be resumed here: ` +
  'it has ended, or was lost for too long; start a new stream';

/** The session that a start resumes, or why it cannot. */
export type Resumable = { readonly ok: true; readonly session: Session } | Refused;

/** What resumes a stream: a start, for the caller whose account this is. */
export interface Resuming {
  readonly request: StartRequest;
  readonly resume: ResumeRequest;
  readonly account: Account;
}

/** Finds the session that is to be resumed: only the identity that started it can do that, even with the right token. */
export const resumable = (session: Session | undefined, { request, resume, account }: Resuming): Resumable => {
  const isTheirs = session?.desk.account.identity.name === account.identity.name;
  if (!session || !isTheirs || !isSameToken(resume.token, session.token))
    return refused(refusal('bad_request', unknownStream(resume)));
  const objection = session.objectionTo(request, resume.lastSeq);
  if (objection !== null) return refused(refusal('bad_request', objection));
  // A stream that is open has its place, and one that has ended needs none. One that was lost gets that of the connection.
  const full = session.isOpen && !session.desk.account.hasPlace ? account.refusal : null;
  return full ? refused(full) : { ok: true, session };
};

/** How a resuming start contradicts the stream's own; null where it does not. Settings that can be changed are not compared. */
export const contradiction = (config: StreamConfig, again: StartRequest): string | null => {
  const { audio } = again;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['audio.encoding', audio.encoding, config.audio.encoding],
    ['audio.sample_rate', audio.sampleRate, config.audio.sampleRate],
    ['audio.channels', audio.channels, config.audio.channels],
    ['model', again.model ?? config.model, config.model],
    ['hop_ms', again.hop ?? config.hop, config.hop],
    ['client_reference_id', again.clientReferenceId ?? config.clientReferenceId, config.clientReferenceId],
  ];
  const wrong = pairs.find(([, said, is]) => said !== is);
  return wrong ? `${wrong[0]} ${JSON.stringify(wrong[1])} is not the stream's own ${JSON.stringify(wrong[2])}` : null;
};
