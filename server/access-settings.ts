import { z } from 'zod';
import { keySchema } from './access/key-file.js';
import { keysFromText } from './access/keys-from-text.js';
import { isLoopbackName } from './access/origin-rule.js';
import { originSchema } from './access/rights-schema.js';
import { isOn, setting } from './setting.js';

const optional = z.string().min(1).nullable().default(null);
const listOf = (given: unknown): unknown =>
  typeof given === 'string' ? given.split(',').map((part) => part.trim()) : given;

const keysOf = (given: unknown, { issues }: z.RefinementCtx): unknown => {
  if (typeof given !== 'string') return given;
  const read = keysFromText(given);
  if (read.ok) return read.keys;
  issues.push({ code: 'custom', message: read.problem, input: '' });
  return z.NEVER;
};

/** A file or an https: URL. Plain http: is accepted only to this machine, because anybody on the way could replace the keys. */
const jwksPlace = z
  .string()
  .min(1)
  .refine((text) => (/^https?:/.test(text) ? isSafeAddress(text) : true), {
    message: 'must be a file or an https: address',
  });

/** Whether nobody between can change what comes from there: HTTPS, or this machine. */
const isSafeAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || isLoopbackName(hostname);
};

/** The settings of authentication and TLS. */
export const ACCESS_SETTINGS = {
  keysFile: setting('--keys-file <path>', 'file of API keys that callers must have; see "earshot keys"', optional),
  apiKeys: setting(
    null,
    'API keys, comma-separated: KEY, NAME=KEY or NAME=sha256:HEX',
    z.preprocess(keysOf, z.array(keySchema).default([])),
  ),
  jwtIssuer: setting('--jwt-issuer <name>', 'iss of the JWTs that callers may show', optional),
  jwtAudience: setting('--jwt-audience <name>', 'aud of the JWTs that callers may show', optional),
  jwtJwks: setting(
    '--jwt-jwks <place>',
    "the issuer's public keys: a file, or an https: address",
    jwksPlace.nullable().default(null),
  ),
  allowOrigin: setting(
    '--allow-origin <list>',
    "pages that may call, comma-separated, beside the server's own and those on loopback: https://example.org",
    z.preprocess(listOf, z.array(originSchema).default([])),
  ),
  openMetrics: setting('--open-metrics', 'answer /metrics also to callers without credentials', isOn.default(false)),
  tlsCert: setting('--tls-cert <path>', 'certificate chain (PEM) of HTTPS, WSS and gRPC', optional),
  tlsKey: setting('--tls-key <path>', 'its private key (PEM)', optional),
  tlsClientCa: setting(
    '--tls-client-ca <path>',
    'authorities (PEM) of whom every caller must have a certificate',
    optional,
  ),
} as const;

interface Chosen {
  readonly keysFile: string | null;
  readonly apiKeys: readonly unknown[];
  readonly jwtIssuer: string | null;
  readonly jwtAudience: string | null;
  readonly jwtJwks: string | null;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsClientCa: string | null;
}

/** Whether callers have to authenticate. */
export const asksCallers = ({ keysFile, apiKeys, jwtJwks, tlsClientCa }: Chosen): boolean =>
  keysFile !== null || apiKeys.length > 0 || jwtJwks !== null || tlsClientCa !== null;

/** A sentence that names the setting missing beside one that is set; null where none is missing. */
export const missingBeside = (chosen: Chosen): string | null => {
  const { jwtIssuer, jwtAudience, jwtJwks, tlsCert, tlsKey, tlsClientCa } = chosen;
  const jwt = [jwtIssuer, jwtAudience, jwtJwks].filter((value) => value !== null).length;
  if (jwt !== 0 && jwt !== 3)
    return '--jwt-issuer, --jwt-audience and --jwt-jwks belong together: without one of them JWTs cannot be judged';
  if ((tlsCert === null) !== (tlsKey === null)) return '--tls-cert and --tls-key belong together';
  if (tlsClientCa !== null && tlsCert === null)
    return '--tls-client-ca needs --tls-cert and --tls-key: client certificates are part of TLS';
  return null;
};
