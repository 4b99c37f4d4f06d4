import assert from 'node:assert/strict';
import { silentLog } from '../../server/domain/log.js';
import type { Provider } from '../../server/domain/model-card.js';
import { chooseProvider } from '../../server/inference/provider-choice.js';

/** Chooses a provider; `loads` has the milliseconds that a frame takes on each provider that loads. */
const choose = (requested: 'auto' | Provider, loads: Partial<Record<Provider, number>>): Promise<Provider> =>
  chooseProvider({
    requested,
    workers: 2,
    log: silentLog,
    probe: (provider) => {
      const frameMs = loads[provider];
      return frameMs === undefined ? Promise.reject(new Error(`no ${provider} here`)) : Promise.resolve(frameMs);
    },
  });

describe('The choice of a provider', () => {
  const CASES: readonly (readonly [string, 'auto' | Provider, Partial<Record<Provider, number>>, Provider])[] = [
    ['CUDA where it loads and is faster', 'auto', { cuda: 0.1, webgpu: 0.2, cpu: 2 }, 'cuda'],
    ['WebGPU where CUDA does not load', 'auto', { webgpu: 0.2, cpu: 2 }, 'webgpu'],
    ['the CPU where no GPU loads', 'auto', { cpu: 2 }, 'cpu'],
    ['the CPU where the GPU is a slow software device', 'auto', { webgpu: 100, cpu: 2 }, 'cpu'],
    ['the CPU where all its cores together are faster', 'auto', { webgpu: 1.5, cpu: 2 }, 'cpu'],
    ['what was asked for, though it is slower', 'webgpu', { webgpu: 100, cpu: 2 }, 'webgpu'],
  ];
  for (const [name, requested, loads, expected] of CASES)
    it(`takes ${name}`, async () => assert.equal(await choose(requested, loads), expected));

  it('refuses to fall back from the provider that was asked for', () =>
    assert.rejects(
      choose('cuda', { cpu: 2 }),
      /the provider cuda cannot be used: no cuda here; it needs an NVIDIA driver/,
    ));
});
