import { digestOf, isApiKeyShaped } from './api-key.js';
import type { StoredKey } from './key-file.js';

const ENTRY = /^(?:([\w.@-]{1,64})=)?(?:sha256:([0-9a-f]{64})|(.*))$/;

export type KeysRead =
  { readonly ok: true; readonly keys: readonly StoredKey[] } | { readonly ok: false; readonly problem: string };

/**
 * Parses keys from the environment: `KEY`, `NAME=KEY` or `NAME=sha256:HEX`, comma-separated; each gets all rights. A problem
 * quotes none of them.
 */
export const keysFromText = (text: string): KeysRead => {
  const keys: StoredKey[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const [, name = 'environment', hash, key = ''] = ENTRY.exec(entry.trim()) ?? [];
    if (hash === undefined && !isApiKeyShaped(key)) return { ok: false, problem: `key ${index + 1} is ${WRONG}` };
    const sha256 = hash ?? digestOf(key).toString('hex');
    keys.push({ id: `env${index + 1}`, name, sha256, created: new Date(0).toISOString(), metrics: true });
  }
  return { ok: true, keys };
};

const WRONG = 'neither "sha256:" and 64 hexadecimal digits, nor 32–512 letters, digits and . _ ~ -';
