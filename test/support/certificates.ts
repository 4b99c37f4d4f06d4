import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as paths of PEM files. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority in a folder; it signs certificates for 127.0.0.1 and localhost. */
export class Authority {
  readonly pair: Pair;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.pair = this.paths(name);
    const { cert, key } = this.pair;
    openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`);
  }

  get pem(): Buffer {
    return readFileSync(this.pair.cert);
  }

  /** Signs a certificate that is valid for `days` days; with 0 days, it has expired a second later. */
  sign(commonName: string, days = 2): Pair {
    const pair = this.paths(`${this.name}-${commonName}`);
    const request = `${pair.key}.csr`;
    const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
    openssl('req', ...NEW_KEY, '-keyout', pair.key, '-out', request, '-subj', `/CN=${commonName}`, '-addext', names);
    const by = ['-CA', this.pair.cert, '-CAkey', this.pair.key, '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', request, '-out', pair.cert, '-days', String(days), ...by);
    return pair;
  }

  private paths(name: string): Pair {
    return { cert: join(this.folder, `${name}.crt`), key: join(this.folder, `${name}.key`) };
  }
}
