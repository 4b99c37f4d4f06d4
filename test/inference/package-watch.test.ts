import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchPackages } from '../../server/inference/package-watch.js';
import { packagesFolder, writeEcho } from '../support/echo-versions.js';

const LOOK_MS = 20;

describe('The watch of model packages', () => {
  let folder: string;
  let told = 0;
  let stop: () => void;
  beforeEach(async () => {
    folder = packagesFolder();
    writeEcho(folder, '1.0.0', 40);
    told = 0;
    stop = await watchPackages(folder, () => told++, LOOK_MS);
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  const toldOnce = async () => {
    while (told === 0) await sleep(LOOK_MS);
    await sleep(5 * LOOK_MS);
    assert.equal(told, 1);
  };

  it('tells nothing where nothing changes', async () => {
    await sleep(5 * LOOK_MS);
    assert.equal(told, 0);
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
    it(`tells once of ${what}`, async () => {
      change();
      await toldOnce();
    });

  it('waits until a copy is done', async () => {
    for (let part = 0; part < 20; part++) {
      writeFileSync(join(folder, 'echo', 'model.onnx'), 'x'.repeat(part));
      await sleep(LOOK_MS / 2);
      assert.equal(told, 0, `part ${part}`);
    }
    await toldOnce();
  });

  it('ends where a link leads back', async () => {
    symlinkSync('..', join(folder, 'echo', 'golden', 'up'));
    symlinkSync('..', join(folder, 'echo', 'golden', 'again'));
    await toldOnce();
  });

  it('does not look into folders that are no packages, nor into hidden ones', async () => {
    mkdirSync(join(folder, 'trainer'));
    writeFileSync(join(folder, 'trainer', 'notes.txt'), 'x');
    mkdirSync(join(folder, '.echo.draft'));
    writeFileSync(join(folder, '.echo.draft', 'earshot.json'), '{}');
    await sleep(5 * LOOK_MS);
    assert.equal(told, 0);
  });
});
