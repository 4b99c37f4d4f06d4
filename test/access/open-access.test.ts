import assert from 'node:assert/strict';
import { openAccess, type AccessSettings } from '../../server/access/open-access.js';
import { silentLog } from '../../server/domain/log.js';
import { Drawer } from '../support/key-files.js';
import { NOBODY_ASKED } from '../support/scripted-server.js';

describe('A file that the settings name', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());

  /** Why access with these settings cannot be opened, or `none`. */
  const problemOf = (settings: Partial<AccessSettings>): string => {
    try {
      openAccess({ ...NOBODY_ASKED, ...settings }, silentLog, () => 0).close();
      return 'none';
    } catch (problem) {
      return (problem as Error).message;
    }
  };
  const withJwks = (jwtJwks: string): string => problemOf({ jwtIssuer: 'issuer', jwtAudience: 'earshot', jwtJwks });

  it('is named in the error when it is no key set, and nothing in it is quoted', () => {
    const secret = 'hunter2-hunter2';
    const text = drawer.put('text.json', secret);
    const other = drawer.put('other.json', { k: secret });
    assert.equal(withJwks(text), `${text} is no JSON Web Key Set: it is no JSON`);
    assert.match(withJwks(other), /other\.json is no JSON Web Key Set/);
    for (const path of [text, other]) assert.ok(!withJwks(path).includes(secret));
    assert.equal(withJwks(drawer.put('empty.json', { keys: [] })), 'none');
  });

  it('is named in the error when it is a folder', () => {
    const sentence = `${drawer.folder} is a folder: it has to be a file`;
    assert.deepEqual([withJwks(drawer.folder), problemOf({ keysFile: drawer.folder })], [sentence, sentence]);
  });
});
