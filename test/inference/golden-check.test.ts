import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider, Variant } from '../../server/domain/model-card.js';
import type { Classify } from '../../server/domain/outcome.js';
import { checkGolden, goldenAllowance } from '../../server/inference/golden-check.js';
import { loadModelPackage, type ModelPackage } from '../../server/inference/model-package.js';
import { classified } from '../support/outcomes.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { AT_ONCE } from '../support/outcomes.js';

const meanLoudness = (samples: Float32Array): number =>
  (samples.reduce((sum, sample) => sum + Math.abs(sample), 0) * 40) / samples.length;

/** What the stateful echo graph computes, once more in TypeScript. */
const echoStateful: Classify = (samples, before) => {
  const heard = [samples.subarray(8000, 12_000), samples.subarray(12_000)].map(meanLoudness);
  const state = [1, ...heard].map((step, index) => step + (before?.[index] ?? 0));
  const fifths = Array.from({ length: 5 }, (_, part) => samples.subarray(8000 + part * 1600, 9600 + part * 1600));
  return Promise.resolve(
    classified([1, state[0]! / 10, state[1]!, state[2]!], {
      nextState: Float32Array.from(state),
      speech: Float32Array.from(fifths, (part) => Math.min(1, meanLoudness(part))),
    }),
  );
};

describe('The check of golden vectors', () => {
  let root: string;
  let model: ModelPackage;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'earshot-golden-'));
    cpSync(join(ECHO_MODELS, 'echo-stateful'), join(root, 'echo-stateful'), { recursive: true });
    model = await loadModelPackage(join(root, 'echo-stateful'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  interface Vector {
    hop_ms: number;
    frames: { end_ms: number; logits: number[]; speech: number[] }[];
  }
  const rewrite = (change: (vector: Vector) => void): void => {
    const path = join(model.folder, 'golden/tone.json');
    const vector = JSON.parse(readFileSync(path, 'utf8')) as Vector;
    change(vector);
    writeFileSync(path, JSON.stringify(vector));
  };
  const problemOf = async (classify: Classify): Promise<string> => {
    const report = await checkGolden(model, classify);
    assert.ok(!report.ok);
    return report.problem;
  };

  it('passes an independent computation that carries state from frame to frame and pads the last frame', async () => {
    assert.deepEqual(await checkGolden(model, echoStateful), { ok: true, frames: 2 });
  });

  it('finds a state that is not carried on', async () => {
    assert.match(
      await problemOf((samples) => echoStateful(samples, null, AT_ONCE)),
      /tone\.json: frame 1: expects logits/,
    );
  });

  it('names file, frame, what was expected and what came out', async () => {
    const silent: Classify = () => Promise.resolve(classified([1, 0, 0, 0]));
    assert.match(
      await problemOf(silent),
      /golden\/tone\.json: frame 0: expects logits \[1\.0000, 0\.1000, .*\] within 0\.001, got \[1\.0000, 0\.0000,/,
    );
  });

  it('finds logits that are too few', async () => {
    assert.match(await problemOf(() => Promise.resolve(classified([1]))), /frame 0: expects logits/);
  });

  it('finds speech that differs', async () => {
    rewrite(({ frames }) => (frames[1]!.speech[0] = 0.5));
    assert.match(await problemOf(echoStateful), /frame 1: expects speech \[0\.5000/);
  });

  it('finds frames that end elsewhere', async () => {
    rewrite(({ frames }) => (frames[1]!.end_ms = 1500));
    assert.match(await problemOf(echoStateful), /frame 1: expects end_ms 1500, but the frame ends at 1300 ms/);
  });

  it('finds frames that are too many', async () => {
    rewrite(({ frames }) => frames.push(frames[0]!));
    assert.match(await problemOf(echoStateful), /expects 3 frames, but the audio has 2 at a hop of 500 ms/);
  });

  it('finds a hop that the model does not have', async () => {
    const edited = join(model.folder, 'earshot.json');
    const hops = { hop_ms: { default: 250, min: 250, max: 250 } };
    writeFileSync(edited, JSON.stringify({ ...(JSON.parse(readFileSync(edited, 'utf8')) as object), ...hops }));
    model = await loadModelPackage(model.folder);
    assert.match(await problemOf(echoStateful), /tone\.json: hop_ms: is 500, but earshot\.json allows 250 only/);
  });

  it('reports a frame that was not classified', async () => {
    const failing: Classify = () => Promise.resolve({ kind: 'failed', reason: 'no memory' });
    assert.match(await problemOf(failing), /frame 0: was not classified: no memory/);
  });

  it('refuses audio at another rate', async () => {
    const path = join(model.folder, 'golden/tone.wav');
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(8000, 24);
    writeFileSync(path, bytes);
    await assert.rejects(checkGolden(model, echoStateful), /tone\.wav: is pcm_s16le, 8000 Hz, 1 channel\(s\): must be/);
  });

  it('refuses an expectation with an unknown key', async () => {
    rewrite((vector) => Object.assign(vector, { colour: 'red' }));
    await assert.rejects(checkGolden(model, echoStateful), /tone\.json: .*colour/);
  });

  const allowed = (change: Partial<Variant>, provider: Provider): number =>
    goldenAllowance({ ...model.card.variants[0]!, ...change }, provider)(0.001);

  it('holds 32-bit floats on a CPU to the tolerance of the vector, and others to a wider one', () => {
    assert.deepEqual(
      [
        allowed({}, 'cpu'),
        allowed({}, 'cuda'),
        allowed({ precision: 'fp16' }, 'cuda'),
        allowed({ precision: 'int8' }, 'cpu'),
      ],
      [0.001, 0.02, 0.02, 0.5],
    );
  });

  it('holds a lossy variant to the tolerance that its trainer measured', () => {
    assert.equal(allowed({ precision: 'int8', tolerance: 0.24 }, 'cpu'), 0.24);
    assert.equal(allowed({ precision: 'fp16', tolerance: 0.03 }, 'cuda'), 0.03);
  });

  it('never asks a variant to be closer than its golden vector says', () =>
    assert.equal(allowed({ precision: 'fp16', tolerance: 0.0001 }, 'cuda'), 0.001));
});
