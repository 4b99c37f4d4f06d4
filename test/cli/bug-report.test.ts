import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from '../../server/config.js';
import { earshot, serveProcess } from '../support/earshot-command.js';
import { Drawer, entry, randomKey } from '../support/key-files.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';
import { ECHO_MODELS } from '../support/real-server.js';

interface Report {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly findings: readonly { readonly about: string; readonly detail: string }[];
  readonly running: Readonly<Record<string, string>> | string;
}

/** Options of Node with which the system knows no user, and says so as it does for a number that is not in /etc/passwd. */
const UNKNOWN_USER = `--import data:text/javascript,${encodeURIComponent(`
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.userInfo = os.homedir = () => { throw new Error('uv_os_get_passwd returned ENOENT'); };
  syncBuiltinESMExports();`)}`;

describe('earshot doctor --bundle', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-report-'));
  const drawer = new Drawer();
  after(() => {
    rmSync(folder, { recursive: true });
    drawer.clear();
  });

  const bundle = async (name: string, environment: Record<string, string>) => {
    const file = join(folder, name);
    const ran = await earshot(['doctor', '--bundle', file], undefined, { EARSHOT_PORT: '9', ...environment });
    const text = readFileSync(file, 'utf8');
    return { ran, text, report: JSON.parse(text) as Report };
  };

  it('writes versions, machine, every setting and what doctor found', async () => {
    const { report } = await bundle('plain.json', { EARSHOT_MODELS: ECHO_MODELS, EARSHOT_MAX_BATCH: '4' });
    assert.equal(report.versions.node, process.version);
    assert.match(report.versions['onnxruntime-node']!, /^1\./);
    assert.deepEqual(Object.keys(report.settings).sort(), Object.keys(SETTINGS).sort());
    const { maxBatch, provider, models, host, apiKeys } = report.settings;
    assert.deepEqual([maxBatch, provider, models, host, apiKeys], [4, 'auto', 'set', 'as by default', 'as by default']);
    assert.ok(report.findings.some(({ about }) => about === 'model echo'));
    assert.equal(report.running, 'no server answers on port 9: ECONNREFUSED');
    if (process.platform === 'linux') assert.match(String(report.machine.openFiles), /^\d+$/);
  });

  it('holds no secret, and no name of a person, a machine or a folder', async () => {
    const [key, filed] = [randomKey(), randomKey()];
    const models = join(packagesFolder(), 'of "acme"');
    mkdirSync(models);
    writeEcho(models, '1.0.0', 40);
    rmSync(join(models, 'echo', 'model.onnx'));
    const keys = drawer.put('keys.json', { keys: [entry(filed, { name: 'call-centre-of-acme' })] });
    const { text, report } = await bundle('secret.json', {
      EARSHOT_API_KEYS: `acme=${key}`,
      EARSHOT_KEYS_FILE: keys,
      EARSHOT_JWT_ISSUER: 'https://acme.example',
      EARSHOT_JWT_AUDIENCE: 'acme-audience',
      EARSHOT_JWT_JWKS: '/acme/jwks.json',
      EARSHOT_ALLOW_ORIGIN: 'https://acme.example',
      EARSHOT_DEFAULT_MODEL: 'acme-model',
      EARSHOT_MODELS: models,
    });
    rmSync(models, { recursive: true });
    for (const secret of [key, filed, 'acme', keys, models, homedir(), hostname()].filter(({ length }) => length > 2))
      assert.ok(!text.includes(secret), `${secret} is in the report`);
    assert.equal(report.settings.apiKeys, 'set');
    const broken = report.findings.find(({ about }) => about === 'model echo' || about === 'models');
    assert.match(broken!.detail, /<models>\/echo\/model\.onnx/);
    assert.match(report.findings.find(({ about }) => about === 'credentials of callers')!.detail, /ENOENT.*<jwtJwks>/);
  });

  it('is written where what is measured beside it fails', async () => {
    const file = join(folder, 'untuned.json');
    const environment = { EARSHOT_MODELS: ECHO_MODELS, EARSHOT_PROVIDER: 'cpu', EARSHOT_PRECISION: 'int8' };
    const { code, err } = await earshot(['doctor', '--tune', '--bundle', file], undefined, environment);
    assert.equal(code, 1);
    assert.match(err, /^earshot: the model echo has no int8 variant/);
    assert.ok((JSON.parse(readFileSync(file, 'utf8')) as Report).findings.length > 0);
  });

  it('is written where the system does not know its user, as in containers that run under any number', async () => {
    const { ran } = await bundle('nobody.json', { EARSHOT_MODELS: ECHO_MODELS, NODE_OPTIONS: UNKNOWN_USER });
    assert.equal(ran.err, '');
  });

  it('holds the metrics of a running server, and overwrites no file', async () => {
    const server = await serveProcess(['--models', ECHO_MODELS]);
    const environment = { EARSHOT_PORT: server.http.split(':')[1]!, EARSHOT_MODELS: ECHO_MODELS };
    const { report } = await bundle('running.json', environment);
    assert.match((report.running as Record<string, string>)['/metrics']!, /earshot_workers_healthy/);
    const again = await earshot(['doctor', '--bundle', join(folder, 'running.json')], undefined, environment);
    assert.equal(again.code, 2);
    assert.match(again.err, /EEXIST/);
    await server.stop('SIGTERM');
  });
});
