import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../server/domain/log.js';
import { startInference } from '../../server/inference/inference.js';
import { loadModelPackage } from '../../server/inference/model-package.js';
import { weightFilesOf } from '../../server/inference/weight-files.js';
import { ECHO_MODELS } from '../support/real-server.js';

/** One field of a protobuf message: its tag, its length, its content. */
const field = (tag: number, content: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(content);
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
};

/** A tensor of one float that lies in `file`, as a piece of an ONNX file: protobuf adds what follows to what came before. */
const tensorIn = (file: string): Buffer => {
  const location = field(0x6a, Buffer.concat([field(0x0a, 'location'), field(0x12, file)]));
  const oneFloat = Buffer.from([0x08, 1, 0x10, 1]);
  const isOutside = Buffer.from([0x70, 1]);
  return field(0x3a, field(0x2a, Buffer.concat([oneFloat, field(0x42, 'outside'), location, isOutside])));
};

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('Weights beside a graph', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'earshot-weights-'));
    folder = join(root, 'echo');
    cpSync(join(ECHO_MODELS, 'echo'), folder, { recursive: true });
    writeFileSync(join(folder, 'more.data'), Buffer.alloc(4));
    appendFileSync(join(folder, 'model.onnx'), tensorIn('more.data'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const describeVariant = (data?: object): void => {
    const path = join(folder, 'earshot.json');
    const contract = JSON.parse(readFileSync(path, 'utf8')) as { variants: object[] };
    const sha256 = sha256Of(readFileSync(join(folder, 'model.onnx')));
    contract.variants = [{ ...contract.variants[0], sha256, ...(data && { data }) }];
    writeFileSync(path, JSON.stringify(contract));
  };

  it('are refused where earshot.json has no checksum of them', async () => {
    describeVariant();
    await assert.rejects(loadModelPackage(folder), /model\.onnx: keeps weights in more\.data, of which earshot\.json/);
  });

  it('are opened where it has', async () => {
    describeVariant({ file: 'more.data', sha256: sha256Of(Buffer.alloc(4)) });
    const packages = [await loadModelPackage(folder)];
    const inference = await startInference({ packages, provider: 'cpu', workers: 1, log: silentLog });
    await inference.close();
  });

  for (const length of [1, 127, 128, 300])
    it(`are found by a name of ${length} characters, wherever it lies in the file`, async () => {
      const graph = join(root, 'graph');
      for (const before of [0, 2 ** 20 - 320, 2 ** 20 - 15, 2 ** 20]) {
        writeFileSync(
          graph,
          Buffer.concat([Buffer.alloc(before), tensorIn('w'.repeat(length)), Buffer.alloc(2 ** 21)]),
        );
        assert.deepEqual(await weightFilesOf(graph), ['w'.repeat(length)], String(before));
      }
    });
});
