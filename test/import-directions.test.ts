import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What each folder may import, besides itself. `server` alone is the composition root: main.ts, config.ts, cli/. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // What a visitor's browser runs: a user of the SDK, and of the same signal processing.
  'server/page': ['client-sdk', 'server/audio', 'server/domain', 'proto'],
  'server/domain': [],
  'server/audio': ['server/domain'],
  'server/pipeline': ['server/audio', 'server/domain'],
  'server/inference': ['server/audio', 'server/domain'],
  'server/session': ['server/pipeline', 'server/audio', 'server/domain'],
  'server/access': ['server/domain'],
  'server/transports': ['server/session', 'server/access', 'server/audio', 'server/domain', 'proto'],
  'server/operations': ['server/inference', 'server/session', 'server/domain'],
  proto: [],
  // The resampler of the browser's microphone is the server's.
  'client-sdk/src/microphone': ['client-sdk', 'server/audio', 'server/domain'],
  'client-sdk': ['proto', 'client-sdk/src/microphone'],
};

const ONE_IMPORTER: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'server/inference/',
  '@grpc/reflection': 'server/transports/grpc/',
  'grpc-health-check': 'server/transports/grpc/',
  jose: 'server/access/',
  'prom-client': 'server/operations/',
  pino: 'server/operations/',
  'protobufjs/minimal.js': 'proto/',
  '@opentelemetry/api': 'server/operations/',
  '@opentelemetry/core': 'server/operations/',
  '@opentelemetry/resources': 'server/operations/',
  '@opentelemetry/sdk-trace-base': 'server/operations/',
  '@opentelemetry/exporter-trace-otlp-http': 'server/operations/',
};

const folderOf = (file: string): string =>
  Object.keys(ALLOWED).find((folder) => file.startsWith(`${folder}/`)) ?? 'server';

const sources = ['proto', 'server', 'client-sdk/src']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('proto/generated/') && !file.endsWith('.d.ts'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);

describe('Import directions', () => {
  it('finds the sources', () => assert.ok(sources.length > 40, `only ${sources.length} files`));

  for (const { file, text } of sources) {
    const folder = folderOf(file);
    if (folder === 'server') continue;
    it(`hold in ${file}`, () => {
      for (const specifier of importsOf(text).filter((name) => name.startsWith('.'))) {
        const target = relative(ROOT, join(ROOT, dirname(file), specifier))
          .split(sep)
          .join('/');
        const home = folderOf(target);
        assert.ok(home === folder || ALLOWED[folder]!.includes(home), `${file} imports ${target}`);
      }
    });
  }

  for (const [name, home] of Object.entries(ONE_IMPORTER))
    it(`leave ${name} to ${home}`, () => {
      const others = sources.filter(({ file, text }) => !file.startsWith(home) && importsOf(text).includes(name));
      assert.deepEqual(
        others.map(({ file }) => file),
        [],
      );
    });

  it('leave ws and grpc-js to the transports and the client', () => {
    const others = sources.filter(
      ({ file, text }) =>
        !/^(server\/transports\/|client-sdk\/)/.test(file) &&
        importsOf(text).some((name) => name === 'ws' || name === '@grpc/grpc-js'),
    );
    assert.deepEqual(
      others.map(({ file }) => file),
      [],
    );
  });

  it('leave process.env to config.ts', () => {
    const readers = sources.filter(({ text }) => text.includes('process.env')).map(({ file }) => file);
    assert.deepEqual(readers, ['server/config.ts']);
  });
});
