import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { silentLog } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import { startInference } from '../inference/inference.js';
import { loadModelPackage, packageNamesIn, type ModelPackage } from '../inference/model-package.js';
import { listed } from '../inference/worker-plan.js';

/** The result of verifying one model package; null for what could not be read. */
export interface PackageReport {
  readonly name: string;
  readonly version: string | null;
  readonly labels: number | null;
  readonly hopMs: number | null;
  readonly variants: string | null;
  readonly megabytes: number;
  /** Null when checksums and golden vectors are right. */
  readonly problem: string | null;
}

/**
 * Verifies every package of a folder by itself: contract, checksums of all variants, and, on the CPU, the graph and the golden
 * vectors of the variant with this precision. Rejects when there is no such folder.
 */
export const verifyPackages = async (folder: string, precision: Config['precision']): Promise<PackageReport[]> => {
  const reports: PackageReport[] = [];
  for (const name of await packageNamesIn(folder)) reports.push(await verify(join(folder, name), name, precision));
  return reports;
};

const verify = async (folder: string, name: string, precision: Config['precision']): Promise<PackageReport> => {
  const megabytes = await sizeOf(folder);
  const unread = { name, version: null, labels: null, hopMs: null, variants: null, megabytes };
  try {
    const found = await loadModelPackage(folder);
    const { card } = found;
    const read = {
      name,
      version: card.version,
      labels: card.labels.length,
      hopMs: card.hop.default,
      variants: listed(card.variants),
      megabytes,
    };
    return { ...read, problem: await runGolden(found, precision) };
  } catch (problem) {
    return { ...unread, problem: reasonOf(problem) };
  }
};

const runGolden = async (found: ModelPackage, precision: Config['precision']): Promise<string | null> => {
  try {
    const inference = await startInference({
      packages: [found],
      provider: 'cpu',
      precision,
      workers: 1,
      log: silentLog,
    });
    await inference.close();
    return null;
  } catch (problem) {
    return reasonOf(problem);
  }
};

/** Of what can be read. */
const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(entries.map((entry) => lstat(join(folder, entry)).catch(() => null)));
  return found.reduce((sum, entry) => sum + (entry?.size ?? 0), 0) / 2 ** 20;
};
