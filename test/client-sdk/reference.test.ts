import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SDK } from './client-package.js';

const read = (file: string): unknown => JSON.parse(readFileSync(join(SDK, file), 'utf8'));

describe("The client's API reference", () => {
  it('has every entry of the package', () => {
    const { exports } = read('package.json') as { exports: Record<string, unknown> };
    const { entryPoints } = read('typedoc.json') as { entryPoints: string[] };
    const entries = entryPoints.map((file) => file.replace(/^src/, '.').replace(/(\/index)?\.ts$/, ''));
    assert.deepEqual([...entries, './package.json'].sort(), Object.keys(exports).sort());
  });
});
