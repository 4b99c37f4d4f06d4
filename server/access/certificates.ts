import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Log } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import { follow } from './follow.js';

export interface TlsSettings {
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsClientCa: string | null;
}

/** The certificate and key that a server shows, and the authorities that it trusts; PEM. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities, one of which must have issued every client's certificate; absent where clients need none. */
  readonly ca?: Buffer;
}

/** The current certificates, read again when their files change. New connections get the newest; open ones keep theirs. */
export class Certificates {
  private readonly users = new Set<(credentials: Credentials) => void>();
  private newest!: Credentials;
  /** Stops watching the files. */
  readonly close: () => void;

  private constructor(
    private readonly settings: { tlsCert: string; tlsKey: string; tlsClientCa: string | null },
    log: Pick<Log, 'info' | 'error'>,
  ) {
    const { tlsCert, tlsKey, tlsClientCa } = settings;
    const paths = [tlsCert, tlsKey, ...(tlsClientCa === null ? [] : [tlsClientCa])];
    const use = (credentials: Credentials) => {
      this.newest = credentials;
      for (const user of this.users) user(credentials);
    };
    this.close = follow({ what: 'the TLS certificate', paths, read: () => this.read(), use }, log);
  }

  /** Reads the certificates that the settings name, null where they name none; throws an Error that says what is wrong. */
  static open({ tlsCert, tlsKey, tlsClientCa }: TlsSettings, log: Pick<Log, 'info' | 'error'>): Certificates | null {
    return tlsCert === null || tlsKey === null ? null : new Certificates({ tlsCert, tlsKey, tlsClientCa }, log);
  }

  get current(): Credentials {
    return this.newest;
  }

  /** Whether clients must have a certificate, too. */
  get asksClients(): boolean {
    return this.settings.tlsClientCa !== null;
  }

  /** Calls `user` whenever there are new certificates. */
  onChange(user: (credentials: Credentials) => void): void {
    this.users.add(user);
  }

  private read(): Credentials {
    const { tlsCert, tlsKey, tlsClientCa } = this.settings;
    const pair = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
    try {
      // Throws where certificate and key do not belong together.
      createSecureContext(pair);
    } catch (problem) {
      throw new Error(`${tlsCert} and ${tlsKey} cannot be used: ${reasonOf(problem)}`, { cause: problem });
    }
    const { validTo } = new X509Certificate(pair.cert);
    if (Date.parse(validTo) < Date.now()) throw new Error(`${tlsCert} expired on ${validTo}`);
    return tlsClientCa === null ? pair : { ...pair, ca: authoritiesIn(tlsClientCa) };
  }
}

/** Reads a file of authorities; throws where one cannot be read, which TLS would silently leave out if it is not the first. */
const authoritiesIn = (path: string): Buffer => {
  const content = readFileSync(path);
  const certificates = content.toString('latin1').match(ONE_CERTIFICATE);
  if (certificates === null) throw new Error(`${path} holds no certificate (PEM)`);
  for (const [index, certificate] of certificates.entries())
    try {
      new X509Certificate(certificate);
    } catch (problem) {
      throw new Error(`${path}: certificate ${index + 1} cannot be used: ${reasonOf(problem)}`, { cause: problem });
    }
  return content;
};

/** One certificate: from its first line to the next BEGIN line or the end of the file. */
const ONE_CERTIFICATE = /-----BEGIN (?:\w+ )?CERTIFICATE-----[^]*?(?=-----BEGIN|$)/g;
