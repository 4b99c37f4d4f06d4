import { InferenceWorker } from './inference-worker.js';
import type { ModelPackage } from './model-package.js';
import { workerPlan, type VariantChoice } from './worker-plan.js';
import type { WorkerPlan } from './worker-protocol.js';

const PROBE_BATCH = 16;
const PROBE_LIMIT_MS = 120_000;

/**
 * Opens the variant chosen of every package in a child process, for a driver may crash, and measures one frame in a batch of 16,
 * in milliseconds, all packages added up. Rejects with the reason if that fails or takes two minutes.
 */
export const probeProvider = async (packages: readonly ModelPackage[], choice: VariantChoice): Promise<number> => {
  const signal = AbortSignal.timeout(PROBE_LIMIT_MS);
  // The last run counts, and the one before it pays for whatever a first run of this size costs.
  const batchSizes = [1, PROBE_BATCH, PROBE_BATCH];
  const plan: WorkerPlan = { ...workerPlan(packages, choice, PROBE_BATCH), batchSizes };
  const worker = await InferenceWorker.start({ plan, isolation: 'probe', signal });
  await worker.close();
  return worker.frameMs;
};
