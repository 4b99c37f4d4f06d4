import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyPackages } from '../../server/cli/package-report.js';
import { silentLog } from '../../server/domain/log.js';
import { earshotJsonSchema } from '../../server/inference/earshot-schema.js';
import { startInference } from '../../server/inference/inference.js';
import { loadModelPackage, loadModelPackages } from '../../server/inference/model-package.js';
import { BUNDLED_MODELS, ECHO_MODELS } from '../support/real-server.js';
import { inRepository } from '../support/repository.js';

type Json = Record<string, unknown>;

const readJson = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json;

describe('A model package', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'earshot-package-'));
    folder = join(root, 'echo');
    cpSync(join(ECHO_MODELS, 'echo'), folder, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const edit = (file: string, change: (json: Json) => unknown): void => {
    const path = join(folder, file);
    const json = readJson(path);
    change(json);
    writeFileSync(path, JSON.stringify(json));
  };
  const card = (change: object) => () => edit('earshot.json', (json) => Object.assign(json, change));

  it('is read into a card, labels in the order of the logits', async () => {
    const { card: read } = await loadModelPackage(folder);
    assert.deepEqual(
      [read.name, read.labels, [...read.background], read.hop.default],
      ['echo', ['background', 'alpha', 'bravo', 'charlie', 'delta'], ['background'], 500],
    );
  });

  it('of every bundled model is read', async () => assert.ok((await loadModelPackages(BUNDLED_MODELS)).length > 0));

  it('has a JSON Schema that is current', () => {
    const committed = readJson(inRepository('server/inference/earshot.schema.json'));
    assert.deepEqual(committed, earshotJsonSchema());
  });

  const besideGraph = (sha256: string, file = 'golden/tone.wav') =>
    edit('earshot.json', (json) => Object.assign((json.variants as object[])[0]!, { data: { file, sha256 } }));

  it('says where weights outside its graph are, and how far a lossy variant may be off', async () => {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'golden/tone.wav')))
      .digest('hex');
    besideGraph(sha256);
    edit('earshot.json', (json) => Object.assign((json.variants as object[])[0]!, { tolerance: 0.25 }));
    const { card: read } = await loadModelPackage(folder);
    assert.deepEqual(
      [read.variants[0]?.data, read.variants[0]?.tolerance],
      [{ file: 'golden/tone.wav', sha256 }, 0.25],
    );
  });

  it('from before there were such keys is read too', async () => {
    const { card: read } = await loadModelPackage(folder);
    assert.deepEqual([read.variants[0]?.data, read.variants[0]?.tolerance], [null, null]);
  });

  const infinite = (): void => {
    const contract = readFileSync(join(folder, 'earshot.json'), 'utf8');
    writeFileSync(join(folder, 'earshot.json'), contract.replace(/"temperature":\s*[\d.]+/, '"temperature": 1e999'));
  };
  const linkTo = (target: string): void => {
    rmSync(join(folder, 'model.onnx'));
    symlinkSync(target, join(folder, 'model.onnx'));
  };

  const BROKEN: readonly (readonly [string, () => void, RegExp])[] = [
    ['an unknown key', card({ colour: 'red' }), /earshot\.json: .*colour/],
    ['an unknown schema version', card({ schema_version: 2 }), /schema_version/],
    [
      'a version that is none',
      card({ version: '01.0.0' }),
      /version: must be a semantic version.*, and is "01\.0\.0"$/,
    ],
    ['another name than its folder', card({ name: 'other' }), /other.*echo/],
    ['another frame', card({ frame: { sample_rate: 8000, samples: 8000 } }), /sample_rate/],
    ['a temperature of zero', card({ temperature: 0 }), /temperature: .*, and is 0$/],
    ['a temperature by which scores overflow', card({ temperature: 1e-320 }), /temperature: .*0\.001, and is 1e-320$/],
    [
      'a weight by which scores overflow',
      card({ smoothing: { weight: 1e308, decay: 1 } }),
      /weight: .*, and is 1e\+308$/,
    ],
    ['a threshold above 1', card({ out_of_scope: { rule: 'max_probability', threshold: 2 } }), /threshold/],
    ['background that is no label', card({ background: ['music'] }), /music/],
    ['hops out of order', card({ hop_ms: { default: 50, min: 100, max: 200 } }), /hop_ms/],
    ['state without a state input', card({ state: { shape: [3] } }), /state/],
    [
      'a path that leaves the folder',
      card({ golden: [{ audio: '../../etc/passwd', expected: 'golden/tone.json' }] }),
      /golden/,
    ],
    ['a wrong checksum', () => appendFileSync(join(folder, 'model.onnx'), 'x'), /model\.onnx: has SHA-256/],
    ['a graph cut short', () => truncateSync(join(folder, 'model.onnx'), 100), /model\.onnx/],
    ['no graph', () => rmSync(join(folder, 'model.onnx')), /model\.onnx/],
    ['weights beside its graph that were changed', () => besideGraph('0'.repeat(64)), /golden\/tone\.wav: has SHA-256/],
    [
      'weights beside its graph that are missing',
      () => besideGraph('0'.repeat(64), 'no.data'),
      /no\.data: there is no/,
    ],
    [
      'a tolerance of zero',
      () => edit('earshot.json', (json) => Object.assign((json.variants as object[])[0]!, { tolerance: 0 })),
      /variants\.0\.tolerance/,
    ],
    ['no labels', () => edit('config.json', (json) => delete json.id2label), /id2label/],
    [
      'labels with a hole',
      () => edit('config.json', (json) => Object.assign(json, { id2label: { 0: 'a', 2: 'b' } })),
      /config\.json/,
    ],
    ['a key too few', card({ background: undefined }), /background: is missing; expected array$/],
    ['a temperature that is infinite', infinite, /temperature: .*, and is Infinity$/],
    [
      'a byte order mark',
      () => writeFileSync(join(folder, 'config.json'), '\uFEFF{}'),
      /config\.json: begins with a byte order mark/,
    ],
    ['a link to itself', () => linkTo('model.onnx'), /model\.onnx: ELOOP/],
    ['JSON that is none', () => writeFileSync(join(folder, 'earshot.json'), '{'), /earshot\.json/],
  ];
  for (const [name, breakIt, sentence] of BROKEN)
    it(`with ${name} is refused`, async () => {
      breakIt();
      await assert.rejects(loadModelPackage(folder), sentence);
    });

  it('whose graph is a link out of the folder is refused', async () => {
    const outside = join(root, 'outside.onnx');
    cpSync(join(folder, 'model.onnx'), outside);
    linkTo(outside);
    await assert.rejects(loadModelPackage(folder), /model\.onnx/);
  });

  /** Faults that only the graph itself shows. */
  const CONTRADICTED: readonly (readonly [string, () => void, RegExp])[] = [
    [
      'an input that the graph does not have',
      () => edit('earshot.json', (json) => Object.assign(json, { inputs: { pcm: 'audio', state: null } })),
      /audio/,
    ],
    [
      'a label too many',
      () => edit('config.json', (json) => Object.assign(json.id2label as object, { 5: 'echo' })),
      /5|6/,
    ],
    ['a graph that is none', () => replaceGraph(Buffer.from('no graph at all')), /model\.onnx/],
    [
      'golden logits that do not come out',
      () => edit('golden/tone.json', (json) => ((json.frames as { logits: number[] }[])[0]!.logits[0]! += 1)),
      /golden/,
    ],
  ];
  const replaceGraph = (bytes: Buffer): void => {
    writeFileSync(join(folder, 'model.onnx'), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    edit('earshot.json', (json) => Object.assign((json.variants as object[])[0]!, { sha256 }));
  };
  for (const [name, breakIt, sentence] of CONTRADICTED)
    it(`with ${name} is not served`, async () => {
      breakIt();
      const packages = [await loadModelPackage(folder)];
      await assert.rejects(startInference({ packages, provider: 'cpu', workers: 1, log: silentLog }), sentence);
    });

  it('that is broken is named when a folder of packages is loaded', async () => {
    card({ colour: 'red' })();
    await assert.rejects(loadModelPackages(root), /echo.*earshot\.json/);
  });

  it('that may not be looked into is told as broken, beside the others', async () => {
    for (const name of ['loop', 'lost+found']) symlinkSync(name, join(root, name));
    await assert.rejects(loadModelPackages(root), /loop.*ELOOP/);
    const reports = await verifyPackages(root, 'auto');
    assert.deepEqual(
      reports.map(({ name, problem }) => [name, problem?.replace(/.*(ELOOP).*/, '$1') ?? null]),
      [
        ['echo', null],
        ['loop', 'ELOOP'],
      ],
    );
  });

  it('is not looked for in hidden folders', async () => {
    cpSync(folder, join(root, '.echo.draft'), { recursive: true });
    assert.deepEqual(
      (await loadModelPackages(root)).map(({ card: { name } }) => name),
      ['echo'],
    );
    assert.equal((await verifyPackages(root, 'auto')).length, 1);
  });

  it('is not found in a folder that does not exist, which the error says', async () => {
    const nothing = join(root, 'nothing');
    for (const looking of [loadModelPackages(nothing), verifyPackages(nothing, 'auto')])
      await assert.rejects(looking, { name: 'PackageError', message: /nothing: there is no such folder/ });
  });

  it('is not found in a package itself, which the error says, with what to name', async () => {
    const itself = /echo: is a model package itself: name the folder that it lies in/;
    await assert.rejects(loadModelPackages(folder), { name: 'PackageError', message: itself });
    await assert.rejects(verifyPackages(folder, 'auto'), itself);
  });

  it('is not found in an empty folder, which the error says', async () => {
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await assert.rejects(loadModelPackages(empty), { name: 'PackageError', message: /empty.*holds no model package/ });
  });
});
