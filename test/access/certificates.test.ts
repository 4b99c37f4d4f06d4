import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { Certificates } from '../../server/access/certificates.js';
import { Authority } from '../support/certificates.js';
import { Drawer, eventually } from '../support/key-files.js';
import { hasOpenssl, needs } from '../support/needs.js';

describe('Certificates', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());

  it('that replace others are taken as a pair: half of one changes nothing, and is told', async function () {
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
});
