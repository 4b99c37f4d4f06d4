import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../server/domain/log.js';
import { startInference } from '../../server/inference/inference.js';
import { loadModelPackage } from '../../server/inference/model-package.js';
import { PackageError } from '../../server/inference/package-error.js';
import { earshot } from '../support/earshot-command.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { seeded } from '../support/tones.js';
import { casesOf, pick, runCases, seedNote, whole } from './chaos.js';
import { mutated } from './mutations.js';

const CONTRACTS = casesOf(200, 20_000);
const GRAPHS = casesOf(4, 300);

type Random = () => number;
type Json = Record<string, unknown>;

const HOSTILE: readonly unknown[] = [
  null,
  -1,
  0,
  1e308,
  2 ** 53,
  1.5,
  '',
  'x'.repeat(100_000),
  '../../../../etc/passwd',
  '/etc/passwd',
  'golden/../../../etc/passwd',
  'golden\\..\\..\\secret',
  'file:///etc/passwd',
  'model.onnx\u0000.txt',
  '\ud800',
  [],
  {},
  [[[]]],
  Array.from({ length: 10_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [String(index), 'label'])),
  { constructor: 1, toString: null },
  true,
];

/** For every place in a JSON value, a function that replaces what is there. */
const placesOf = (value: unknown): ((put: unknown) => void)[] =>
  value instanceof Object
    ? Object.entries(value).flatMap(([key, inner]) => [
        (put: unknown) => void ((value as Json)[key] = put),
        ...placesOf(inner),
      ])
    : [];

const JSON_FILES = ['earshot.json', 'config.json', 'golden/tone.json'] as const;

/** JSON with a hostile value in it, or with faults in its bytes. */
const hostileJson = (random: Random, text: string): string | Buffer => {
  if (random() < 0.3) return mutated(random, Buffer.from(text));
  const json = JSON.parse(text) as Json;
  for (let changes = whole(random, 1, 3); changes > 0; changes--)
    pick(random, placesOf(json))(structuredClone(pick(random, HOSTILE)));
  return JSON.stringify(json);
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A copy of the echo package in an empty folder. */
const copied = (root: string, name = 'echo'): string => {
  const folder = join(root, name);
  cpSync(join(ECHO_MODELS, 'echo'), folder, { recursive: true });
  if (name !== 'echo') rewrite(folder, (json) => Object.assign(json, { name }));
  return folder;
};

const rewrite = (folder: string, change: (json: Json) => void): void => {
  const path = join(folder, 'earshot.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as Json;
  change(json);
  writeFileSync(path, JSON.stringify(json));
};

/** Puts another graph into a package, and its checksum. */
const replaceGraph = (folder: string, graph: Uint8Array): void => {
  writeFileSync(join(folder, 'model.onnx'), graph);
  rewrite(folder, (json) => Object.assign((json.variants as object[])[0]!, { sha256: sha256(graph) }));
};

/** What somebody may do to a package, and the sentence that must report it. */
const DEEDS: Readonly<Record<string, readonly [(folder: string) => void, RegExp]>> = {
  'a-traversal': [
    (folder) => rewrite(folder, (json) => (json.golden = [{ audio: '../../x.wav', expected: 'golden/tone.json' }])),
    /golden\.0\.audio: must be a path inside the package/,
  ],
  'an-absolute-path': [
    (folder) => rewrite(folder, (json) => Object.assign((json.variants as object[])[0]!, { file: '/etc/passwd' })),
    /variants\.0\.file: must be a path inside the package/,
  ],
  'a-link-out': [
    (folder) => {
      rmSync(join(folder, 'golden/tone.wav'));
      symlinkSync('/etc/hostname', join(folder, 'golden/tone.wav'));
    },
    /tone\.wav: leads out of the package/,
  ],
  'a-dangling-link': [
    (folder) => {
      rmSync(join(folder, 'model.onnx'));
      symlinkSync('nowhere', join(folder, 'model.onnx'));
    },
    /model\.onnx: there is no such file/,
  ],
  'a-pipe': [
    (folder) => {
      rmSync(join(folder, 'model.onnx'));
      execFileSync('mkfifo', [join(folder, 'model.onnx')]);
    },
    /model\.onnx: is no regular file/,
  ],
  'a-wrong-checksum': [
    (folder) => truncateSync(join(folder, 'model.onnx'), 200),
    /model\.onnx: has SHA-256 .*: it was changed or cut short/,
  ],
  'a-truncated-graph': [
    (folder) => replaceGraph(folder, readFileSync(join(folder, 'model.onnx')).subarray(0, 500)),
    /model\.onnx: /,
  ],
  'an-oversized-graph': [
    (folder) =>
      replaceGraph(folder, Buffer.concat([readFileSync(join(folder, 'model.onnx')), Buffer.alloc(1 << 24, 1)])),
    /model\.onnx: /,
  ],
  'an-enormous-state': [
    (folder) =>
      rewrite(folder, (json) =>
        Object.assign(json, {
          state: { shape: [1e6, 1e6, 1e6] },
          inputs: { pcm: 'pcm', state: 'state' },
          outputs: { logits: 'logits', next_state: 'next_state', speech: null },
          hop_ms: { default: 500, min: 500, max: 500 },
          smoothing: null,
        }),
      ),
    /state\.shape: 1000000 × 1000000 × 1000000 are .* numbers/,
  ],
  'a-deep-nest': [
    (folder) => {
      const text = readFileSync(join(folder, 'earshot.json'), 'utf8');
      writeFileSync(
        join(folder, 'earshot.json'),
        text.replace('"metrics":{}', `"metrics": {"x": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      );
    },
    /earshot\.json: is (nested too deeply|not JSON)/,
  ],
  'a-huge-contract': [
    (folder) => writeFileSync(join(folder, 'earshot.json'), Buffer.alloc(20 * 2 ** 20, ' ')),
    /earshot\.json: has 20971520 bytes, of 16777216 at most/,
  ],
};

describe('A hostile model package', function () {
  this.timeout(0);
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'earshot-hostile-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it(`is loaded, or refused with a sentence that names its file ${seedNote(CONTRACTS)}`, () => {
    const folder = copied(root);
    return runCases(CONTRACTS, 1, async (seed) => {
      const random = seeded(seed);
      const name = pick(random, JSON_FILES);
      const good = readFileSync(join(folder, name), 'utf8');
      writeFileSync(join(folder, name), hostileJson(random, good));
      const problem = await loadModelPackage(folder).then(
        () => null,
        (cause: unknown) => cause,
      );
      assert.ok(
        problem === null || (problem instanceof PackageError && problem.message.startsWith(root)),
        String(problem),
      );
      assert.ok(problem === null || problem.message.length < 3_000, 'the sentence is as long as the file');
      writeFileSync(join(folder, name), good);
    });
  });

  it(`whose graph has faults, and the right checksum, is served as trained or refused ${seedNote(GRAPHS)}`, () =>
    runCases(GRAPHS, 1, async (seed) => {
      const folder = copied(root);
      replaceGraph(folder, mutated(seeded(seed), readFileSync(join(folder, 'model.onnx'))));
      const packages = [await loadModelPackage(folder)];
      const options = { packages, provider: 'cpu', workers: 1, isolation: 'process', log: silentLog } as const;
      await startInference(options).then(
        (inference) => inference.close(),
        (problem: unknown) => assert.match(String(problem), /echo|worker/),
      );
      rmSync(folder, { recursive: true });
    }));

  it('is listed by `earshot models` with what is wrong with it, beside the good packages', async () => {
    copied(root);
    for (const [name, [deed]] of Object.entries(DEEDS)) deed(copied(root, name));
    const { code, out } = await earshot(['models', '--models', root, '--json']);
    const reports = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; problem: string | null });
    assert.deepEqual([code, reports.length], [1, Object.keys(DEEDS).length + 1]);
    for (const { name, problem } of reports)
      if (name === 'echo') assert.equal(problem, null);
      else assert.match(problem ?? 'nothing', DEEDS[name]![1], name);
  });

  it('keeps the server from starting, with the same sentence and exit code 1', async () => {
    copied(root);
    DEEDS['a-pipe']![0](copied(root, 'a-pipe'));
    const flags = ['--port', '0', '--grpc-port', '0', '--provider', 'cpu', '--log-level', 'silent'];
    const { code, err } = await earshot(['serve', '--models', root, ...flags]);
    assert.equal(code, 1);
    assert.match(err, /a-pipe\/model\.onnx: is no regular file/);
  });
});
