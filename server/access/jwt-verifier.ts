import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import type { Identity } from '../domain/identity.js';
import { rightsOf, rightsSchema } from './rights-schema.js';
import { sayIssue } from './say-issue.js';

/** Only public-key signatures: if shared secrets were accepted, too, a public key could be used as one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** How far the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_S = 5;
const LONGEST_SUBJECT = 256;
const FETCH_TIMEOUT_MS = 5_000;
const CACHE_MS = 600_000;
const COOLDOWN_MS = 30_000;

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: string;
}

export type JwtVerdict =
  | { readonly kind: 'identity'; readonly identity: Identity }
  /** The token is not accepted; `why` is a sentence that quotes nothing of it. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The token cannot be verified now, because the issuer's keys cannot be obtained. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** Finds the key that a token's header asks for. */
export type FindKey = JWTVerifyGetKey;

/** The issuer's keys at a URL: fetched when needed, kept for ten minutes, fetched again at most every 30 s for unknown key ids. */
export const remoteKeys = (url: URL): FindKey => keysAt(url);

/** How many keys an issuer has at a URL; rejects where they cannot be fetched. */
export const countRemoteKeys = async (url: URL): Promise<number> => {
  const keys = keysAt(url);
  await keys.reload();
  return keys.jwks()?.keys.length ?? 0;
};

const keysAt = (url: URL) =>
  createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: CACHE_MS,
    cooldownDuration: COOLDOWN_MS,
  });

/** The keys of a JWKS (JSON Web Key Set); throws where it is none. */
export const localKeys = (jwks: unknown): FindKey => createLocalJWKSet(jwks as JSONWebKeySet);

/** Verifies JWTs of one issuer for one audience. `findKey` is called anew for each token, since a key file may change. */
export class JwtVerifier {
  constructor(
    private readonly settings: JwtSettings,
    private readonly findKey: () => FindKey,
  ) {}

  async verify(jwt: string): Promise<JwtVerdict> {
    try {
      const { payload } = await jwtVerify(jwt, this.findKey(), {
        ...this.settings,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      return identityOf(payload);
    } catch (problem) {
      return refusedFor(problem);
    }
  }
}

const identityOf = ({ iss, sub, earshot }: JWTPayload): JwtVerdict => {
  const rights = rightsSchema.safeParse(earshot ?? {});
  if (!rights.success) return { kind: 'refused', why: `its claim earshot is not right: ${sayIssue(rights.error)}` };
  if (typeof sub !== 'string' || sub.length > LONGEST_SUBJECT)
    return { kind: 'refused', why: 'its claim sub is not right' };
  return { kind: 'identity', identity: { name: `jwt:${iss}#${sub}`, rights: rightsOf(rights.data) } };
};

const refusedFor = (problem: unknown): JwtVerdict => {
  if (problem instanceof errors.JWTExpired) return { kind: 'refused', why: 'it has expired' };
  if (problem instanceof errors.JWTClaimValidationFailed)
    return {
      kind: 'refused',
      why: `its claim ${problem.claim} is ${problem.reason === 'missing' ? 'missing' : 'not right'}`,
    };
  if (problem instanceof errors.JOSEAlgNotAllowed)
    return { kind: 'refused', why: `its algorithm is none of ${ALGORITHMS.join(', ')}` };
  if (problem instanceof errors.JWKSNoMatchingKey || problem instanceof errors.JWKSMultipleMatchingKeys)
    return { kind: 'refused', why: "no single key of the issuer's fits it" };
  if (problem instanceof errors.JWSSignatureVerificationFailed)
    return { kind: 'refused', why: 'its signature is not right' };
  if (MALFORMED.some((kind) => problem instanceof kind)) return { kind: 'refused', why: 'it is malformed' };
  return { kind: 'unknown', cause: problem };
};

const MALFORMED = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported] as const;
