import type { Identity } from '../domain/identity.js';
import { digestOf, findByDigest } from './api-key.js';
import type { StoredKey } from './key-file.js';
import { rightsOf } from './rights-schema.js';

interface HeldKey {
  readonly digest: Buffer;
  /** Milliseconds since 1970; Infinity where it never expires. */
  readonly expiresAt: number;
  readonly identity: Identity;
}

const KEY_PREFIX = 'key:';

const heldFrom = (stored: StoredKey): HeldKey => ({
  digest: Buffer.from(stored.sha256, 'hex'),
  expiresAt: stored.expires === undefined ? Infinity : Date.parse(stored.expires),
  identity: { name: `${KEY_PREFIX}${stored.name}`, rights: rightsOf(stored) },
});

/** All API keys that callers may show; those of the key file are replaced as a whole when it changes. */
export class KeyRing {
  private readonly fixed: readonly HeldKey[];
  private held: readonly HeldKey[] = [];

  /** `fixed` are keys that do not come from the key file, and are never replaced. */
  constructor(fixed: readonly StoredKey[]) {
    this.fixed = fixed.map(heldFrom);
  }

  replace(keys: readonly StoredKey[]): void {
    this.held = keys.map(heldFrom);
  }

  /** Whether the identity came from an API key, and no key of the same name is valid at `now` (milliseconds since 1970). */
  hasRevoked({ name }: Identity, now: number): boolean {
    if (!name.startsWith(KEY_PREFIX)) return false;
    return !this.all.some(({ identity, expiresAt }) => identity.name === name && expiresAt > now);
  }

  /** Whose key this is at `now` (milliseconds since 1970); null where it is unknown or has expired. */
  find(key: string, now: number): Identity | null {
    const found = findByDigest(this.all, digestOf(key));
    return found !== null && found.expiresAt > now ? found.identity : null;
  }

  private get all(): readonly HeldKey[] {
    return [...this.fixed, ...this.held];
  }
}
