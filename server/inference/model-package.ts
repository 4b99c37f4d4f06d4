import { readdir, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import type { ChecksummedFile, ModelCard, Variant } from '../domain/model-card.js';
import { reasonOf } from '../domain/reason.js';
import { earshotSchema, MODEL_NAME } from './earshot-schema.js';
import { contradictionsIn, modelCardOf } from './model-card.js';
import { readLabels } from './model-labels.js';
import { PackageError } from './package-error.js';
import { isAbsent, packageFile, readPackageJson } from './package-file.js';
import { sha256Of } from './sha256.js';
import { weightFilesOf } from './weight-files.js';

/** A model package whose files all exist and agree with each other; its graph has not been opened yet. */
export interface ModelPackage {
  readonly card: ModelCard;
  /** Absolute path. */
  readonly folder: string;
}

/** Reads and checks one package. Throws {@link PackageError} naming the file, the key and the wrong value. */
export const loadModelPackage = async (folder: string): Promise<ModelPackage> => {
  const root = resolve(folder);
  const earshot = await readPackageJson(root, 'earshot.json', earshotSchema);
  const contract = join(root, 'earshot.json');
  if (earshot.name !== basename(root)) {
    throw new PackageError(contract, `name: is ${earshot.name}, but the folder is called ${basename(root)}`);
  }
  const labels = await readLabels(root);
  const contradictions = contradictionsIn(earshot, labels);
  if (contradictions.length > 0) throw new PackageError(contract, contradictions.join('; '));
  const card = modelCardOf(earshot, labels);
  for (const variant of card.variants) {
    await checkSum(root, variant);
    if (variant.data) await checkSum(root, variant.data);
    await checkWeights(root, variant);
  }
  for (const { audio, expected } of card.golden) {
    await packageFile(root, audio);
    await packageFile(root, expected);
  }
  return { card, folder: root };
};

/**
 * Names of the sub-folders that hold an `earshot.json`, or may not be looked into, sorted. Hidden ones are ignored: they may be
 * unfinished copies or files of a tool. Throws {@link PackageError} where the folder cannot be read, or is a package itself.
 */
export const packageNamesIn = async (folder: string): Promise<string[]> => {
  const names: string[] = [];
  for (const name of (await entriesOf(folder)).sort())
    if (!name.startsWith('.') && (await isPackage(join(folder, name)))) names.push(name);
  if (names.length === 0 && (await isPackage(folder)))
    throw new PackageError(folder, 'is a model package itself: name the folder that it lies in');
  return names;
};

/**
 * Loads every package of a folder, sorted by name; other sub-folders are ignored. Throws {@link PackageError} if a package is
 * not valid, or if there is none.
 */
export const loadModelPackages = async (folder: string): Promise<ModelPackage[]> => {
  const names = await packageNamesIn(folder);
  if (names.length === 0) throw new PackageError(folder, 'holds no model package: no sub-folder has an earshot.json');
  const packages: ModelPackage[] = [];
  for (const name of names) packages.push(await loadModelPackage(join(folder, name)));
  return packages;
};

const checkSum = async (folder: string, { file, sha256 }: ChecksummedFile): Promise<void> => {
  const path = await packageFile(folder, file);
  const found = await sha256Of(path);
  if (found !== sha256) {
    throw new PackageError(path, `has SHA-256 ${found}, but earshot.json says ${sha256}: it was changed or cut short`);
  }
};

/** Weights that the contract does not name would be served without a checksum. */
const checkWeights = async (folder: string, { file, data }: Variant): Promise<void> => {
  const path = await packageFile(folder, file);
  for (const name of await weightFilesOf(path))
    if (posix.join(posix.dirname(file), name) !== data?.file)
      throw new PackageError(
        path,
        `keeps weights in ${name}, of which earshot.json says nothing: name it as the variant's data`,
      );
};

const entriesOf = (folder: string): Promise<string[]> =>
  readdir(folder).catch((cause: unknown) => {
    throw new PackageError(folder, isAbsent(cause) ? 'there is no such folder of model packages' : reasonOf(cause));
  });

const isPackage = async (folder: string): Promise<boolean> => {
  try {
    return (await stat(join(folder, 'earshot.json'))).isFile();
  } catch (cause) {
    // A model whose folder may not be looked into is told as broken: it would be missed. lost+found and its like are no models.
    return !isAbsent(cause) && MODEL_NAME.test(basename(folder));
  }
};
