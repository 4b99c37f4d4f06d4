import type { Identity } from '../domain/identity.js';
import { digestOf, findByDigest } from './api-key.js';
import type { StoredKey } from './key-file.js';
import { rightsOf } from './rights-schema.js';

interface HeldKey {
  readonly digest: Buffer;
  /** Milliseconds since 1970; infinite where it never expires. */
  readonly expiresAt: number;
  readonly identity: Identity;
}

const heldFrom = (stored: StoredKey): HeldKey => ({
  digest: Buffer.from(stored.sha256, 'hex'),
  expiresAt: stored.expires === undefined ? Infinity : Date.parse(stored.expires),
  identity: { name: `key:${stored.name}`, rights: rightsOf(stored) },
});

/** The API keys that are good now; replaced as a whole when their file changes. */
export class KeyRing {
  private readonly fixed: readonly HeldKey[];
  private held: readonly HeldKey[] = [];

  /** `fixed` are keys that come from no file, and stay. */
  constructor(fixed: readonly StoredKey[]) {
    this.fixed = fixed.map(heldFrom);
  }

  replace(keys: readonly StoredKey[]): void {
    this.held = keys.map(heldFrom);
  }

  /** Whose key this is, at `now` (milliseconds since 1970); null where it is nobody's or has expired. */
  find(key: string, now: number): Identity | null {
    const found = findByDigest([...this.fixed, ...this.held], digestOf(key));
    return found !== null && found.expiresAt > now ? found.identity : null;
  }
}
