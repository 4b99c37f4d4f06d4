import { refusal, refused, type ErrorCode, type Refused } from '../domain/error-code.js';
import { ALL_RIGHTS, ANYBODY, type Identity } from '../domain/identity.js';
import type { Log } from '../domain/log.js';
import type { JwtVerifier } from './jwt-verifier.js';
import type { KeyRing } from './key-ring.js';
import { isFromAllowedPage, type OriginRule, type Provenance } from './origin-rule.js';
import { isTokenShaped, type SingleUseTokens } from './single-use-tokens.js';

/** What a request shows about who sends it. */
export interface Presented {
  /** Every credential that it carries; `text` is empty where it is malformed. */
  readonly credentials: readonly { readonly by: 'header' | 'sub-protocol' | 'url'; readonly text: string }[];
  /** The name in the client's certificate, where TLS has verified one. */
  readonly certificate: string | null;
  readonly provenance: Provenance;
}

export type EntryVerdict =
  /** `byToken`: the caller showed a single-use token instead of the credentials that it stands for. */
  { readonly ok: true; readonly identity: Identity; readonly byToken?: true } | Refused;

/** The ways in which callers can authenticate; null where a way is not configured. */
export interface Ways {
  readonly keys: KeyRing | null;
  readonly jwt: JwtVerifier | null;
  /** Whether TLS admits only clients with a certificate of a trusted authority. */
  readonly certificates: boolean;
}

const refuse = (code: ErrorCode, message: string): Refused => refused(refusal(code, message));

const HOW =
  'send "Authorization: Bearer …" (browsers: the sub-protocol earshot.bearer.…, or a token from POST /v1/tokens)';

/** Decides who a caller is and whether it is admitted. Its refusals quote no credential, so that they can be logged. */
export class Doorkeeper {
  constructor(
    private readonly ways: Ways,
    private readonly origins: readonly string[],
    readonly tokens: SingleUseTokens,
    private readonly log: Pick<Log, 'error'>,
  ) {}

  /** Whether callers must authenticate. */
  get asks(): boolean {
    const { keys, jwt, certificates } = this.ways;
    return keys !== null || jwt !== null || certificates;
  }

  async admit(presented: Presented): Promise<EntryVerdict> {
    const identified = await this.identify(presented);
    return identified.ok ? this.checkPage(presented, identified) : identified;
  }

  private checkPage({ provenance }: Presented, admission: EntryVerdict & { ok: true }): EntryVerdict {
    if (isFromAllowedPage(provenance, admission.identity.rights.origins, this.originRule)) return admission;
    const page = JSON.stringify(provenance.origin?.slice(0, 128));
    return refuse(
      'permission_denied',
      `pages from ${page} may not call this server: the operator allows them with --allow-origin, or with the key`,
    );
  }

  private get originRule(): OriginRule {
    return { allowed: this.origins, trustsHostNames: this.asks };
  }

  private async identify({ credentials, certificate }: Presented): Promise<EntryVerdict> {
    if (!this.asks) return { ok: true, identity: ANYBODY };
    const [credential, another] = credentials;
    if (another) return refuse('unauthenticated', 'more than one credential came: send one');
    if (!credential) return this.byCertificate(certificate);
    const { by, text } = credential;
    if (isTokenShaped(text)) return this.byToken(text);
    if (by === 'url')
      return refuse('unauthenticated', 'a URL carries only tokens from POST /v1/tokens: addresses end up in logs');
    const identity = this.ways.keys?.find(text, Date.now()) ?? null;
    if (identity) return { ok: true, identity };
    if (this.ways.jwt !== null && text.split('.').length === 3) return this.byJwt(this.ways.jwt, text);
    return refuse('unauthenticated', `these credentials are not good here: ${HOW}`);
  }

  private byCertificate(name: string | null): EntryVerdict {
    const { keys, jwt } = this.ways;
    if (name === null || keys !== null || jwt !== null)
      return refuse('unauthenticated', `credentials are needed: ${HOW}`);
    return { ok: true, identity: { name: `certificate:${name}`, rights: ALL_RIGHTS } };
  }

  private byToken(token: string): EntryVerdict {
    const identity = this.tokens.spend(token);
    if (identity === null)
      return refuse('unauthenticated', 'this token was used already, or has expired: ask POST /v1/tokens for another');
    if (this.ways.keys?.hasRevoked(identity, Date.now()))
      return refuse('unauthenticated', 'the key that this token was given for is good no more');
    return { ok: true, identity, byToken: true };
  }

  private async byJwt(jwt: JwtVerifier, text: string): Promise<EntryVerdict> {
    const verdict = await jwt.verify(text);
    switch (verdict.kind) {
      case 'identity':
        return { ok: true, identity: verdict.identity };
      case 'refused':
        return refuse('unauthenticated', `the JWT is not good here: ${verdict.why}`);
      case 'unknown':
        this.log.error(
          { reason: String(verdict.cause) },
          "a JWT could not be verified: its issuer's keys cannot be had",
        );
        return refuse('overloaded', "JWTs cannot be verified now: the issuer's keys cannot be had");
    }
  }
}
