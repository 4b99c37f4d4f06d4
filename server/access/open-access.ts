import { readFileSync } from 'node:fs';
import type { Log } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import { Doorkeeper } from './doorkeeper.js';
import { follow } from './follow.js';
import { JwtVerifier, localKeys, remoteKeys, type FindKey } from './jwt-verifier.js';
import { readKeyFile, type StoredKey } from './key-file.js';
import { KeyRing } from './key-ring.js';
import { SingleUseTokens } from './single-use-tokens.js';

/** The operator's settings of who is admitted. */
export interface AccessSettings {
  readonly keysFile: string | null;
  readonly apiKeys: readonly StoredKey[];
  readonly jwtIssuer: string | null;
  readonly jwtAudience: string | null;
  /** A file or a URL. */
  readonly jwtJwks: string | null;
  readonly allowOrigin: readonly string[];
  readonly tlsClientCa: string | null;
}

export interface Access {
  readonly doorkeeper: Doorkeeper;
  /** Stops watching files. */
  readonly close: () => void;
}

/** Reads the files that the settings name; throws an Error where one is not valid. `now` is a monotonic clock in milliseconds. */
export const openAccess = (settings: AccessSettings, log: Log, now: () => number): Access => {
  const stops: (() => void)[] = [];
  const { allowOrigin, tlsClientCa } = settings;
  const ways = {
    keys: openKeys(settings, log, stops),
    jwt: openJwt(settings, log, stops),
    certificates: tlsClientCa !== null,
  };
  return {
    doorkeeper: new Doorkeeper(ways, allowOrigin, new SingleUseTokens(now), log),
    close: () => {
      for (const stop of stops) stop();
    },
  };
};

const openKeys = ({ keysFile, apiKeys }: AccessSettings, log: Log, stops: (() => void)[]): KeyRing | null => {
  if (keysFile === null && apiKeys.length === 0) return null;
  const ring = new KeyRing(apiKeys);
  if (keysFile !== null)
    stops.push(
      follow(
        {
          what: 'the key file',
          paths: [keysFile],
          read: () => readKeyFile(keysFile),
          use: (keys) => ring.replace(keys),
        },
        log,
      ),
    );
  return ring;
};

/** Whether a JWKS is at a URL rather than in a file. */
export const isAddress = (jwks: string): boolean => /^https?:/.test(jwks);

const openJwt = (settings: AccessSettings, log: Log, stops: (() => void)[]): JwtVerifier | null => {
  const { jwtIssuer: issuer, jwtAudience: audience, jwtJwks: jwks } = settings;
  if (issuer === null || audience === null || jwks === null) return null;
  if (isAddress(jwks)) {
    const keys = remoteKeys(new URL(jwks));
    return new JwtVerifier({ issuer, audience }, () => keys);
  }
  let keys: FindKey | null = null;
  const read = () => readJwks(jwks);
  stops.push(follow({ what: 'the JWKS file', paths: [jwks], read, use: (fresh) => (keys = fresh) }, log));
  return new JwtVerifier({ issuer, audience }, () => keys!);
};

/** The issuer's keys in a file; throws an Error that names the file, and quotes nothing of its content. */
const readJwks = (path: string): FindKey => {
  const text = readFileSync(path, 'utf8');
  try {
    return localKeys(JSON.parse(text));
  } catch (problem) {
    const why = problem instanceof SyntaxError ? 'it is no JSON' : reasonOf(problem);
    // eslint-disable-next-line preserve-caught-error -- JSON.parse quotes text that it could not parse
    throw new Error(`${path} is no JSON Web Key Set: ${why}`);
  }
};
