import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { BUNDLED_MODELS, SAMPLES, serveReal, type RealServer } from '../support/real-server.js';
import { inRepository } from '../support/repository.js';
import { ensureBuilt, run, SDK } from './client-package.js';

const examplesIn = (file: string): string[] =>
  [...readFileSync(inRepository(file), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code!);

const EXAMPLES = ['client-sdk/README.md', 'README.md'].flatMap((page) =>
  examplesIn(page).map((code, index) => ({ name: `${page} ${index + 1}`, code })),
);

/** The errors that a strict TypeScript project would report about a program. */
const complaintsAbout = (file: string): string[] => {
  const program = ts.createProgram([file], {
    allowJs: true,
    checkJs: true,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    typeRoots: [inRepository('node_modules/@types')],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
};

describe('The examples of the READMEs', function () {
  this.timeout(120_000);
  let server: RealServer;
  let folder: string;

  before(async () => {
    await ensureBuilt();
    server = await serveReal({ models: BUNDLED_MODELS });
    // Inside the package, so that imports by the package's own name find it.
    folder = mkdtempSync(join(SDK, 'dist/readme-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.running.drain();
  });

  it('are there', () => assert.ok(EXAMPLES.length >= 3));

  for (const { name, code } of EXAMPLES) {
    it(`compile: ${name}`, () => {
      const file = join(folder, 'compiled.mjs');
      writeFileSync(file, code);
      assert.deepEqual(complaintsAbout(file), []);
    });

    it(`run: ${name}`, async () => {
      const file = join(folder, 'run.mjs');
      const here = code.replaceAll('127.0.0.1:8080', server.http).replaceAll("'samples/", `'${SAMPLES}/`);
      writeFileSync(file, here);
      const pcm = readFileSync(join(SAMPLES, 'balance-16k.wav')).subarray(44);
      const { code: exit, out, err } = await run(file, [], pcm);
      assert.deepEqual([exit, err], [0, '']);
      assert.match(out, /(final|wants) \w+/);
    });
  }
});
