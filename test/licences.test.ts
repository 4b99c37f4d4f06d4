import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const read = (path: string): unknown => JSON.parse(text(path));

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licences that require no more than that their own text is passed on. */
const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', '(MIT OR CC0-1.0)']);

const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
/** What runs in the server, and what the build puts into the page. */
const shipped = installed.filter(([path, { dev }]) => !dev || path.endsWith('/uplot'));

describe('The dependencies', () => {
  it('that are shipped have licences that allow it', () => {
    assert.ok(shipped.length > 20, `only ${shipped.length} were found`);
    const others = shipped.filter(([, { license }]) => !ALLOWED.has(license ?? ''));
    assert.deepEqual(
      others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`),
      [],
    );
  });

  it('are pinned by version and checksum', () => {
    const loose = installed.filter(([, { version, integrity }]) => version === undefined || integrity === undefined);
    assert.deepEqual(loose, []);
    const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });

  it('run no script when they are installed; those that have one are listed by name', () => {
    const { allowScripts } = read('package.json') as { allowScripts: Readonly<Record<string, boolean>> };
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    assert.deepEqual(
      [...new Set(names)].sort().map((name) => [name, false]),
      Object.entries(allowScripts).sort(([one], [other]) => one.localeCompare(other)),
    );
    assert.match(text('.npmrc'), /^ignore-scripts=true$/m);
  });

  it('are installed by settings that npm knows, since it warns of others at every command', () => {
    const shell = process.platform === 'win32';
    const { stdout, stderr } = spawnSync('npm', ['pkg', 'get', 'name'], { cwd: root, encoding: 'utf8', shell });
    assert.match(stdout, /earshot/);
    assert.doesNotMatch(stderr, /Unknown project config/);
  });
});
