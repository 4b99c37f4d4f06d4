import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'esk_';
const SECRET_BYTES = 32;
/** Characters that a header and a sub-protocol carry unchanged; long enough that guessing is hopeless if they are random. */
const KEY_SHAPE = /^[A-Za-z0-9._~-]{32,512}$/;

/** A new key: 256 random bits behind a prefix that secret scanners can look for. */
export const newApiKey = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64url');

export const isApiKeyShaped = (text: string): boolean => KEY_SHAPE.test(text);

/**
 * What is stored of a secret. One round of SHA-256 is right for secrets of 256 random bits, which nobody can enumerate; salts and slow hashes are for
 * passwords that people choose, and would let a stranger spend the server's time.
 */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The entry with this digest. Every entry is compared, each in constant time, so that time tells nothing. */
export const findByDigest = <T extends { readonly digest: Buffer }>(
  entries: readonly T[],
  digest: Buffer,
): T | null => {
  let found: T | null = null;
  for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
  return found;
};
