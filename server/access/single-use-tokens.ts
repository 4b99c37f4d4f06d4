import { randomBytes } from 'node:crypto';
import type { Identity } from '../domain/identity.js';
import { digestOf } from './api-key.js';

export const TOKEN_LIFE_MS = 60_000;
/** Most unspent tokens that one caller may have at a time. */
const MOST_UNSPENT = 1_000;
const PREFIX = 'est_';

/** Whether a credential is meant to be a single-use token. */
export const isTokenShaped = (text: string): boolean => text.startsWith(PREFIX);

interface Unspent {
  readonly identity: Identity;
  readonly expiresAt: number;
}

/** Tokens that replace their caller's credentials once, within a minute. Only their hashes are kept. */
export class SingleUseTokens {
  /** By hash, in order of expiry, because all live equally long. */
  private readonly unspent = new Map<string, Unspent>();
  private readonly counts = new Map<string, number>();

  /** `now` gives milliseconds of a monotonic clock. */
  constructor(private readonly now: () => number) {}

  /** A new token; null when the caller has too many unspent already. */
  issue(identity: Identity): string | null {
    this.forgetExpired();
    const count = this.counts.get(identity.name) ?? 0;
    if (count >= MOST_UNSPENT) return null;
    const token = PREFIX + randomBytes(24).toString('base64url');
    this.unspent.set(keyOf(token), { identity, expiresAt: this.now() + TOKEN_LIFE_MS });
    this.counts.set(identity.name, count + 1);
    return token;
  }

  /** The identity that the token stands for, the first time it is shown; null from then on, and after it has expired. */
  spend(token: string): Identity | null {
    this.forgetExpired();
    const key = keyOf(token);
    const found = this.unspent.get(key);
    if (found === undefined) return null;
    this.forget(key, found);
    return found.identity;
  }

  private forgetExpired(): void {
    for (const [key, unspent] of this.unspent) {
      if (unspent.expiresAt > this.now()) return;
      this.forget(key, unspent);
    }
  }

  private forget(key: string, { identity: { name } }: Unspent): void {
    this.unspent.delete(key);
    const left = this.counts.get(name)! - 1;
    if (left > 0) this.counts.set(name, left);
    else this.counts.delete(name);
  }
}

/** Looking up a hash needs no constant time: an attacker cannot choose which hash a guess has. */
const keyOf = (token: string): string => digestOf(token).toString('base64');
