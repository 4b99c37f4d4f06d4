import { z } from 'zod';
import { PackageError } from './package-error.js';
import { readPackageJson } from './package-file.js';

/** The keys of a Hugging Face config.json that the server reads; only the trainer uses the others. */
const configSchema = z.looseObject({
  id2label: z.record(z.string(), z.string().min(1)),
  label2id: z.record(z.string(), z.int()).optional(),
});

/** The labels of a package's `config.json` in the order of the logits. Throws {@link PackageError} if they are not valid. */
export const readLabels = async (folder: string): Promise<string[]> => {
  const { id2label, label2id } = await readPackageJson(folder, 'config.json', configSchema);
  const fail = (problem: string): never => {
    throw new PackageError(`${folder}/config.json`, problem);
  };
  const count = Object.keys(id2label).length;
  if (count < 2) fail(`id2label has ${count} labels: a model tells at least 2 apart`);
  const labels = Array.from({ length: count }, (_, id) => {
    return id2label[id] ?? fail(`id2label has no id ${id}: ids count from 0 without gaps`);
  });
  const seen = new Set<string>();
  const twice = labels.find((label) => seen.size === seen.add(label).size);
  if (twice !== undefined) fail(`id2label has the label ${JSON.stringify(twice)} twice`);
  const strays = Object.entries(label2id ?? {}).filter(([label, id]) => labels[id] !== label);
  for (const [label, id] of strays) fail(`label2id.${label} is ${id}, which is not its id in id2label`);
  return labels;
};
