import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageLook } from '../../server/inference/package-watch.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';

describe('A look at model packages', () => {
  let folder: string;
  let told = 0;
  let look: () => Promise<void>;
  beforeEach(async () => {
    folder = packagesFolder();
    writeEcho(folder, '1.0.0', 40);
    told = 0;
    look = await packageLook(folder, () => told++);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** How often a change had been reported after each of three looks. */
  const looks = async (): Promise<number[]> => {
    const after: number[] = [];
    for (let each = 0; each < 3; each++) {
      await look();
      after.push(told);
    }
    return after;
  };

  it('reports nothing when nothing changes', async () => {
    assert.deepEqual(await looks(), [0, 0, 0]);
  });

  const CHANGES: Readonly<Record<string, () => void>> = {
    'a package that is written over': () => writeEcho(folder, '2.0.0', 30),
    'a golden vector alone': () => writeFileSync(join(folder, 'echo', 'golden', 'tone.json'), '{}'),
    'a package that is put in the place of another': () => {
      const [place, other] = [join(folder, 'echo'), packagesFolder()];
      writeEcho(other, '2.0.0', 30);
      rmSync(place, { recursive: true });
      renameSync(join(other, 'echo'), place);
      rmSync(other, { recursive: true });
    },
    'a package that is new': () => {
      mkdirSync(join(folder, 'another'));
      writeFileSync(join(folder, 'another', 'earshot.json'), '{}');
    },
    'a file in a folder of a folder': () => {
      const within = join(folder, 'echo', 'onnx', 'weights');
      mkdirSync(within, { recursive: true });
      writeFileSync(join(within, 'model.onnx.data'), 'x');
    },
    'a package that is gone': () => rmSync(join(folder, 'echo'), { recursive: true }),
  };
  for (const [what, change] of Object.entries(CHANGES))
    it(`reports ${what} once, when it has settled`, async () => {
      change();
      assert.deepEqual(await looks(), [0, 1, 1]);
    });

  it('waits until a copy is done', async () => {
    for (let part = 0; part < 20; part++) {
      writeFileSync(join(folder, 'echo', 'model.onnx'), 'x'.repeat(part));
      await look();
      assert.equal(told, 0, `part ${part}`);
    }
    assert.deepEqual(await looks(), [1, 1, 1]);
  });

  it('stops at a link that leads back', async () => {
    symlinkSync('..', join(folder, 'echo', 'golden', 'up'));
    symlinkSync('..', join(folder, 'echo', 'golden', 'again'));
    assert.deepEqual(await looks(), [0, 1, 1]);
  });

  it('does not look into folders that are no packages, nor into hidden ones', async () => {
    mkdirSync(join(folder, 'trainer'));
    writeFileSync(join(folder, 'trainer', 'notes.txt'), 'x');
    mkdirSync(join(folder, '.echo.draft'));
    writeFileSync(join(folder, '.echo.draft', 'earshot.json'), '{}');
    assert.deepEqual(await looks(), [0, 0, 0]);
  });
});
