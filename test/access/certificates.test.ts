import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { Certificates } from '../../server/access/certificates.js';
import { Authority } from '../support/certificates.js';
import { Drawer, eventually } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';

describe('Certificates', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());

  it('that replace others are taken as a pair: half of a pair changes nothing, and is logged', async function () {
    needs(this, hasOpenssl, 'openssl');
    const authority = new Authority(drawer.folder, 'authority');
    const [first, second] = [authority.sign('first'), authority.sign('second')];
    const files = { tlsCert: `${drawer.folder}/server.crt`, tlsKey: `${drawer.folder}/server.key`, tlsClientCa: null };
    copyFileSync(first.cert, files.tlsCert);
    copyFileSync(first.key, files.tlsKey);
    const said: string[] = [];
    const say = (_: object, message: string) => void said.push(message);
    const certificates = Certificates.open(files, { info: say, error: say })!;
    const taken: Buffer[] = [];
    certificates.onChange(({ cert }) => taken.push(cert));

    const before = certificates.current;
    copyFileSync(second.cert, files.tlsCert);
    await eventually(() => said.length === 1);
    assert.deepEqual([certificates.current, taken], [before, []]);
    copyFileSync(second.key, files.tlsKey);
    await eventually(() => taken.length === 1);
    assert.deepEqual(taken[0], certificates.current.cert);
    assert.notDeepEqual(taken[0], before.cert);
    certificates.close();
    assert.deepEqual(said, [
      'the TLS certificate was not reloaded: what was read before stays',
      'the TLS certificate was reloaded',
    ]);
  });

  it('of authorities are all read, or the error names their file', function () {
    needs(this, hasOpenssl, 'openssl');
    const authority = new Authority(drawer.folder, 'authorities');
    const { cert: tlsCert, key: tlsKey } = authority.sign('server');
    const silent = { info: () => undefined, error: () => undefined };
    const opened = (tlsClientCa: string) => Certificates.open({ tlsCert, tlsKey, tlsClientCa }, silent)!;
    const one = authority.pem.toString();
    const another = readFileSync(new Authority(drawer.folder, 'others').pair.cert, 'utf8');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

    const both = opened(drawer.put('both.crt', `first\n${one}second\n${another}`));
    both.close();
    assert.match(both.current.ca!.toString(), /second/);
    for (const [name, content, sentence] of [
      ['none.crt', '', /none\.crt holds no certificate/],
      ['key.crt', readFileSync(tlsKey, 'utf8'), /key\.crt holds no certificate/],
      ['last.crt', one + another + broken, /last\.crt: certificate 3 cannot be used/],
      ['cut.crt', one + another.slice(0, -40), /cut\.crt: certificate 2 cannot be used/],
    ] as const)
      assert.throws(() => opened(drawer.put(name, content)), sentence);
  });
});
