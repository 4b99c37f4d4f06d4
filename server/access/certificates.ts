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

/** What a server shows, and whom it trusts; PEM. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities of whom every client must have a certificate; absent where clients need none. */
  readonly ca?: Buffer;
}

/** The certificates in force. New connections get the newest; those that are open keep theirs. */
export class Certificates {
  private readonly users = new Set<(credentials: Credentials) => void>();
  private newest!: Credentials;
  /** Follows the files no more. */
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

  /** The certificates that the settings name, or null where they name none; throws an Error that says what is wrong with them. */
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

  /** Calls `user` whenever there are new ones. */
  onChange(user: (credentials: Credentials) => void): void {
    this.users.add(user);
  }

  private read(): Credentials {
    const { tlsCert, tlsKey, tlsClientCa } = this.settings;
    const pair = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) };
    try {
      // Throws where certificate and key are not of a pair.
      createSecureContext(pair);
    } catch (problem) {
      throw new Error(`${tlsCert} and ${tlsKey} cannot be used: ${reasonOf(problem)}`, { cause: problem });
    }
    const { validTo } = new X509Certificate(pair.cert);
    if (Date.parse(validTo) < Date.now()) throw new Error(`${tlsCert} expired on ${validTo}`);
    return tlsClientCa === null ? pair : { ...pair, ca: authoritiesIn(tlsClientCa) };
  }
}

/** A file of authorities, each of which can be read: TLS itself leaves out, without a word, what it cannot read behind the first. */
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

/** From its first line up to what comes next. */
const ONE_CERTIFICATE = /-----BEGIN (?:\w+ )?CERTIFICATE-----[^]*?(?=-----BEGIN|$)/g;
