import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { earshot, serveProcess } from '../support/earshot-command.js';
import { bearer, handshake } from '../support/knocking.js';
import { Drawer, entry, eventually, randomKey } from '../support/key-files.js';
import { ECHO_MODELS, SAMPLES } from '../support/real-server.js';

const FREEZE = `${SAMPLES}/freeze-card-8k-mulaw.wav`;

describe('earshot keys', function () {
  this.timeout(60_000);
  const drawer = new Drawer();
  const file = `${drawer.folder}/keys.json`;
  const keys = (...args: string[]) => earshot(['keys', ...args, '--file', file]);
  after(() => drawer.clear());

  const inFile = () =>
    (JSON.parse(readFileSync(file, 'utf8')) as { keys: { id: string; name: string; sha256: string }[] }).keys;

  it('creates a key, shows it once, and keeps its hash in a file for its owner only', async () => {
    const { code, out } = await keys('create', 'call-centre');
    const key = out.trim();
    assert.deepEqual([code, /^esk_[A-Za-z0-9_-]{43}$/.test(key)], [0, true]);
    assert.ok(!readFileSync(file, 'utf8').includes(key.slice(4)));
    assert.equal(inFile()[0]!.sha256, createHash('sha256').update(key).digest('hex'));
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('stores what a key may do, and lists it', async () => {
    const rights = ['--models', 'echo, other', '--max-streams', '2', '--audio-seconds-per-hour', '3600'];
    const more = ['--origins', 'https://shop.example', '--metrics', '--expires', '2030-01-31'];
    assert.equal((await keys('create', 'shop', ...rights, ...more)).code, 0);
    const { out } = await keys('list', '--json');
    const listed = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const { id, created, ...shop } = listed[1]!;
    assert.ok(typeof id === 'string' && typeof created === 'string');
    assert.deepEqual(shop, {
      name: 'shop',
      expires: '2030-01-31T00:00:00.000Z',
      models: ['echo', 'other'],
      max_streams: 2,
      audio_seconds_per_hour: 3600,
      origins: ['https://shop.example'],
      metrics: true,
    });
    assert.match((await keys('list')).out, /call-centre .* never .* all .* no limit/);
  });

  const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a name with a blank', ['create', 'call centre'], /name/],
    ['an origin with a path', ['create', 'x', '--origins', 'https://a.example/b'], /origins/],
    ['half a stream', ['create', 'x', '--max-streams', '0.5'], /whole number/],
    ['a date that is none', ['create', 'x', '--expires', 'soon'], /date/],
    ['a number of days', ['create', 'x', '--expires', '5'], /'5' is invalid.*no date/],
    ['a day that no month has', ['create', 'x', '--expires', '2030-02-31'], /'2030-02-31' is invalid.*no date/],
    ['a day that is over', ['create', 'x', '--expires', '2020-01-31'], /'2020-01-31' is invalid.*over/],
  ];
  for (const [name, args, sentence] of WRONG)
    it(`refuses ${name} and changes nothing`, async () => {
      const before = inFile();
      const { code, err } = await keys(...args);
      assert.equal(code, 2);
      assert.match(err, sentence);
      assert.deepEqual(inFile(), before);
    });

  it('loses no change of several that are made at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const made = await Promise.all(names.map((name) => keys('create', name)));
    assert.deepEqual(
      made.map(({ code }) => code),
      names.map(() => 0),
    );
    const hashes = new Set(inFile().map(({ sha256 }) => sha256));
    for (const { out } of made) assert.ok(hashes.has(createHash('sha256').update(out.trim()).digest('hex')));
    const ids = inFile()
      .filter(({ name }) => names.includes(name))
      .map(({ id }) => id);
    await Promise.all(ids.map((id) => keys('revoke', id)));
    assert.deepEqual(
      inFile().map(({ name }) => name),
      ['call-centre', 'shop'],
    );
  });

  it('changes nothing where another change was interrupted, and names what it left', async () => {
    const before = readFileSync(file, 'utf8');
    writeFileSync(`${file}.new`, '');
    const { code, out, err } = await keys('create', 'late');
    rmSync(`${file}.new`);
    assert.deepEqual([code, out, readFileSync(file, 'utf8')], [1, '', before]);
    assert.ok(err.includes(`the keys were not written: ${file}.new is there`), err);
  });

  it('says so when a key to revoke does not exist', async () => {
    const { code, err } = await keys('revoke', 'nosuch');
    assert.deepEqual([code, err.includes('nosuch')], [1, true]);
  });

  it('says in one sentence why a file could not be written, when a key is created and when one is revoked', async () => {
    const sentence = /^earshot: the keys were not written: [^\n]*\n$/;
    const nowhere = await earshot(['keys', 'create', 'x', '--file', `${drawer.folder}/nodir/keys.json`]);
    assert.deepEqual([nowhere.code, nowhere.out], [1, '']);
    assert.match(nowhere.err, sentence);
    // A name so long that the draft beside it, whose name is longer, cannot be written.
    const long = drawer.put('k'.repeat(255), { keys: [entry(randomKey(), { id: 'held' })] });
    const kept = await earshot(['keys', 'revoke', 'held', '--file', long]);
    assert.equal(kept.code, 1);
    assert.match(kept.err, sentence);
  });

  it('reaches a running server: a new key is accepted, a revoked one is not; stream and classify send theirs', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS, '--keys-file', file]);
    const made = await keys('create', 'fresh');
    const key = made.out.trim();
    await eventually(async () => (await handshake(server, bearer(key))) === 101);

    for (const protocol of ['json', 'grpc']) {
      const args = ['stream', FREEZE, '--fast', '--json', '--protocol', protocol];
      const url = ['--url', `ws://${server.http}`, '--grpc-url', server.grpc];
      const good = await earshot([...args, ...url], undefined, { EARSHOT_KEY: key });
      assert.deepEqual([good.code, good.out.includes('"type":"closed"')], [0, true], good.err);
      const bad = await earshot([...args, ...url], undefined, { EARSHOT_KEY: randomKey() });
      assert.deepEqual([bad.code, bad.err.includes('unauthenticated')], [1, true], bad.err);
    }
    const classify = ['classify', FREEZE, '--json', '--url', `http://${server.http}`];
    assert.equal((await earshot(classify, undefined, { EARSHOT_KEY: key })).code, 0);
    assert.match((await earshot(classify)).out, /unauthenticated/);

    const { id } = inFile().find(({ name }) => name === 'fresh')!;
    assert.equal((await keys('revoke', id)).code, 0);
    await eventually(async () => (await handshake(server, bearer(key))) === 401);
    assert.equal(await server.stop('SIGTERM'), 0);
  });
});
