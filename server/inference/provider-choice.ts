import type { Log } from '../domain/log.js';
import type { Provider } from '../domain/model-card.js';
import { reasonOf } from '../domain/reason.js';
import { usableCores } from './usable-cores.js';

/** Milliseconds that `provider` takes for one frame in a large batch. Rejects with the reason if it does not load. */
export type ProbeProvider = (provider: Provider) => Promise<number>;

export interface ProviderChoiceOptions {
  readonly requested: 'auto' | Provider;
  /** How many workers a CPU would get; null for one per core. */
  readonly workers: number | null;
  readonly probe: ProbeProvider;
  readonly log: Pick<Log, 'info'>;
}

const REMEDIES: Readonly<Record<Provider, string>> = {
  cpu: 'every model package needs a variant whose providers include cpu',
  webgpu: "it needs a GPU with a Vulkan, Metal or Direct3D 12 driver (on Linux, see Debian's vulkan-tools: vulkaninfo)",
  cuda:
    "it needs an NVIDIA driver, CUDA and cuDNN 9 on Linux x64, and ONNX Runtime's CUDA files: for CUDA 12 " +
    'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js; for CUDA 13 see the README',
};

/** How many workers suit a provider: one per usable core on a CPU; one on a GPU, which runs one batch at a time. */
export const defaultWorkers = (provider: Provider): number => (provider === 'cpu' ? usableCores().count : 1);

/**
 * The requested provider, or for `auto` the fastest that loads: a GPU (CUDA, else WebGPU) unless the CPU is measured to be
 * faster, as it is faster than a software GPU. Logs every provider that does not load, and falls back to the CPU. Rejects if
 * a requested GPU does not load.
 */
export const chooseProvider = async (options: ProviderChoiceOptions): Promise<Provider> => {
  const { requested, probe } = options;
  if (requested === 'cpu') return 'cpu';
  if (requested === 'auto') return chooseFastest(options);
  await requireProvider(requested, probe);
  return requested;
};

/** Probes the requested provider; rejects with what is wrong and what would be right. */
export const requireProvider = (provider: Provider, probe: ProbeProvider): Promise<number> =>
  probe(provider).catch((error: unknown) => {
    throw new Error(`the provider ${provider} cannot be used: ${reasonOf(error)}; ${REMEDIES[provider]}`);
  });

const chooseFastest = async ({ workers, probe, log }: ProviderChoiceOptions): Promise<Provider> => {
  const measured = async (provider: Provider): Promise<number | null> =>
    probe(provider).catch((error: unknown) => {
      log.info({ provider, reason: reasonOf(error), remedy: REMEDIES[provider] }, 'execution provider refused');
      return null;
    });
  const cuda = await measured('cuda');
  const gpu = cuda === null ? 'webgpu' : 'cuda';
  const gpuFrameMs = cuda ?? (await measured('webgpu'));
  if (gpuFrameMs === null) return 'cpu';
  const oneCore = await measured('cpu');
  const cpuFrameMs = oneCore === null ? null : oneCore / (workers ?? defaultWorkers('cpu'));
  const chosen = cpuFrameMs === null || gpuFrameMs < cpuFrameMs ? gpu : 'cpu';
  log.info({ chosen, gpu, gpuFrameMs, cpuFrameMs }, 'execution provider chosen by measured time per frame');
  return chosen;
};
