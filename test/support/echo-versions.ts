import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECHO_MODELS } from './real-server.js';

/** The factor by which the graph of the echo model multiplies loudness; it occurs once in the graph's file. */
const LOUDNESS = 40;

const float32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};

const rewriteJson = (file: string, change: (value: Record<string, unknown>) => object): void =>
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));

/** Creates an empty folder for model packages. */
export const packagesFolder = (): string => mkdtempSync(join(tmpdir(), 'earshot-packages-'));

/**
 * Writes a version of the echo model into `folder` and replaces any other version: its graph multiplies loudness by `loudness`, and
 * its labels end with its version. The contract (`earshot.json`) is written last.
 */
export const writeEcho = (folder: string, version: string, loudness: number): void => {
  const root = join(folder, 'echo');
  const made = join(ECHO_MODELS, 'echo');
  const graph = readFileSync(join(made, 'model.onnx'));
  const at = graph.indexOf(float32(LOUDNESS));
  if (at < 0 || graph.indexOf(float32(LOUDNESS), at + 1) >= 0) throw new Error('the loudness does not stand once');
  float32(loudness).copy(graph, at);
  cpSync(join(made, 'golden'), join(root, 'golden'), { recursive: true });
  rewriteJson(join(root, 'golden', 'tone.json'), (golden) => ({
    ...golden,
    frames: (golden.frames as { end_ms: number; logits: number[] }[]).map((frame) => ({
      ...frame,
      logits: frame.logits.map((logit, label) => (label === 0 ? logit : (logit * loudness) / LOUDNESS)),
    })),
  }));
  for (const file of ['config.json', 'preprocessor_config.json']) cpSync(join(made, file), join(root, file));
  rewriteJson(join(root, 'config.json'), (config) => {
    const names = Object.values(config.id2label as Record<string, string>).map((name) =>
      name === 'background' ? name : `${name}-${version}`,
    );
    return {
      ...config,
      id2label: Object.fromEntries(names.map((name, id) => [id, name])),
      label2id: Object.fromEntries(names.map((name, id) => [name, id])),
    };
  });
  writeFileSync(join(root, 'model.onnx'), graph);
  const sha256 = createHash('sha256').update(graph).digest('hex');
  const contract = JSON.parse(readFileSync(join(made, 'earshot.json'), 'utf8')) as { variants: object[] };
  const variants = contract.variants.map((variant) => ({ ...variant, sha256 }));
  writeFileSync(join(root, 'earshot.json'), JSON.stringify({ ...contract, version, variants }));
};
