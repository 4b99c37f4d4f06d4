import { InferenceWorker } from './inference-worker.js';
import type { ModelPackage } from './model-package.js';
import { workerPlan, type VariantChoice } from './worker-plan.js';
import type { WorkerPlan } from './worker-protocol.js';

const PROBE_BATCH = 16;
const PROBE_LIMIT_MS = 120_000;

/**
 * Opens the chosen variant of every package in a child process, because a driver may crash, and measures the milliseconds per
 * frame in a batch of 16, summed over all packages. Rejects with the reason if that fails or takes two minutes.
 */
export const probeProvider = async (packages: readonly ModelPackage[], choice: VariantChoice): Promise<number> => {
  const signal = AbortSignal.timeout(PROBE_LIMIT_MS);
  // Only the last run counts; the one before it bears the extra cost of a first run of this size.
  const batchSizes = [1, PROBE_BATCH, PROBE_BATCH];
  const plan: WorkerPlan = { ...workerPlan(packages, choice, PROBE_BATCH), batchSizes };
  const worker = await InferenceWorker.start({ plan, isolation: 'probe', signal });
  await worker.close();
  return worker.frameMs;
};
