import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { follow } from '../../server/access/follow.js';
import { readKeyFile } from '../../server/access/key-file.js';
import type { Log } from '../../server/domain/log.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';

describe('A followed file', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());
  const said: string[] = [];
  const log: Pick<Log, 'info' | 'error'> = {
    info: (_, message) => said.push(message),
    error: (fields, message) => said.push(`${message} ${JSON.stringify(fields)}`),
  };

  it('is read again when it is written, replaced, or removed and restored; what cannot be read changes nothing', async () => {
    const keys = (count: number) => ({ keys: Array.from({ length: count }, () => entry(randomKey())) });
    const path = drawer.put('keys.json', keys(1));
    const counts: number[] = [];
    const stop = follow(
      {
        what: 'the key file',
        paths: [path],
        read: () => readKeyFile(path),
        use: ({ length }) => void counts.push(length),
      },
      log,
    );
    drawer.put('keys.json', keys(2));
    await eventually(() => counts.length === 2);
    renameSync(drawer.put('next.json', keys(3)), path);
    await eventually(() => counts.length === 3);

    const secret = randomKey();
    drawer.put('keys.json', secret);
    await eventually(() => said.some((line) => line.includes('is no JSON')));
    rmSync(path);
    await eventually(() => said.some((line) => line.includes('ENOENT')));
    drawer.put('keys.json', keys(4));
    await eventually(() => counts.length === 4);
    stop();
    assert.deepEqual(counts, [1, 2, 3, 4]);
    assert.ok(!said.join().includes(secret));
  });

  it('that does not exist at the beginning is an error', () => {
    const path = `${drawer.folder}/nosuch.json`;
    assert.throws(
      () => follow({ what: 'it', paths: [path], read: () => 1, use: () => undefined }, log),
      /nosuch\.json/,
    );
  });
});

describe('A key file', () => {
  const drawer = new Drawer();
  after(() => drawer.clear());
  const secret = randomKey();

  const BAD: readonly (readonly [string, unknown, RegExp])[] = [
    ['without keys', {}, /keys/],
    ['with a field that is none', { keys: [entry(secret, { admin: true })] }, /keys\.0.*admin/],
    ['with a key in the place of its hash', { keys: [{ ...entry(secret), sha256: secret }] }, /keys\.0\.sha256/],
    ['with no streams', { keys: [entry(secret, { max_streams: 0 })] }, /keys\.0\.max_streams/],
    [
      'with a path as an origin',
      { keys: [entry(secret, { origins: ['https://a.example/b'] })] },
      /keys\.0\.origins\.0/,
    ],
    ['with a date in words', { keys: [entry(secret, { expires: 'tomorrow' })] }, /keys\.0\.expires/],
    ['with the same key twice', { keys: [entry(secret), entry(secret, { id: 'other' })] }, /same sha256/],
  ];
  for (const [name, content, sentence] of BAD)
    it(`${name} is refused, naming the place and quoting no secret`, () => {
      const path = drawer.put('bad.json', content);
      assert.throws(
        () => readKeyFile(path),
        (problem: Error) => sentence.test(problem.message) && !problem.message.includes(secret),
      );
    });
});
