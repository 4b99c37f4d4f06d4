import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'esk_';
const SECRET_BYTES = 32;
/** Characters that a header and a sub-protocol carry unchanged; enough of them that a random key cannot be guessed. */
const KEY_SHAPE = /^[A-Za-z0-9._~-]{32,512}$/;

/** A new key: 256 random bits behind a prefix that secret scanners can look for. */
export const newApiKey = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64url');

export const isApiKeyShaped = (text: string): boolean => KEY_SHAPE.test(text);

/**
 * The hash of a secret, which is stored in its place. One round of SHA-256 is enough for 256 random bits, which nobody can
 * enumerate; salts and slow hashes are for passwords that people choose, and would let a stranger use up the server's time.
 */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The entry with this digest, or null. Every entry is compared, each in constant time, so that timing reveals nothing. */
export const findByDigest = <T extends { readonly digest: Buffer }>(
  entries: readonly T[],
  digest: Buffer,
): T | null => {
  let found: T | null = null;
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
  return found;
};
