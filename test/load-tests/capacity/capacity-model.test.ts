import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  boxesFor,
  capacityOf,
  coresOf,
  mainThreadCost,
  partsOf,
  streamsPerProcess,
  type IngressCost,
  type Parts,
} from '../../../load-tests/capacity/capacity-model.js';

const INGRESSES = [
  { encoding: 'pcm_s16le', sampleRate: 16_000, chunkMs: 100 },
  { encoding: 'pcm_s16le', sampleRate: 16_000, chunkMs: 20 },
  { encoding: 'mulaw', sampleRate: 8_000, chunkMs: 100 },
  { encoding: 'mulaw', sampleRate: 8_000, chunkMs: 20 },
] as const;

const costsOf = (parts: Parts): IngressCost[] =>
  INGRESSES.map((ingress) => {
    const mainThreadMs = mainThreadCost(parts, ingress);
    return { ...ingress, mainThreadMs, cpuMs: mainThreadMs + 2 * parts.inference };
  });

const PARTS: Parts = { frame: 0.5, chunk: 0.02, resampledSecond: 1.5, inference: 3 };

describe('The capacity model', () => {
  it('adds up the cost of a stream: two frames a second, its chunks, its resampling', () => {
    assert.equal(mainThreadCost(PARTS, { chunkMs: 100, sampleRate: 16_000 }), 2 * 0.5 + 10 * 0.02);
    assert.equal(mainThreadCost(PARTS, { chunkMs: 20, sampleRate: 8_000 }), 2 * 0.5 + 50 * 0.02 + 1.5);
  });

  it('finds the parts that the costs were made of', () => {
    const ms = fc.double({ min: 0.001, max: 100, noNaN: true });
    const record = fc.record({ frame: ms, chunk: ms, resampledSecond: ms, inference: ms });
    fc.assert(
      fc.property(record, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (parts, order) => {
        const found = partsOf(order.map((index) => costsOf(parts)[index]!));
        for (const key of ['frame', 'chunk', 'resampledSecond', 'inference'] as const)
          assert.ok(Math.abs(found[key] - parts[key]) < 1e-6, `${key}: ${found[key]}, not ${parts[key]}`);
      }),
    );
  });

  it('counts resampling as free when audio that needs it was measured as cheaper', () => {
    const plain = { ...PARTS, resampledSecond: 0 };
    const costs = costsOf(plain).map((cost) =>
      cost.sampleRate === 8_000 ? { ...cost, mainThreadMs: cost.mainThreadMs - 0.04 } : cost,
    );
    const found = partsOf(costs);
    assert.equal(found.resampledSecond, 0);
    assert.ok(Math.abs(found.frame - (PARTS.frame - 0.01)) < 1e-9, 'what a frame costs lies between the two rates');
  });

  it('refuses costs that cannot be taken apart', () => {
    assert.throws(() => partsOf(costsOf(PARTS).slice(0, 3)), /1 ingresses of one rate: two with chunks of different/);
  });

  it('fills the cores of a box, a process for each event loop that is full', () => {
    const load = { mainThreadMs: 2, inferenceMs: 3 };
    assert.equal(coresOf(load), 0.008);
    assert.equal(streamsPerProcess(load, 0.5), 250);
    const box = { name: 'sixteen', cores: 16, gpuFramesPerSecond: null };
    assert.deepEqual(capacityOf(box, load, 0.5), { streams: 1000, processes: 4, limit: 'cores' });
  });

  it('allows no more streams than the GPU can run frames for', () => {
    const load = { mainThreadMs: 2, inferenceMs: 0.25 };
    const box = { name: 'with a GPU', cores: 16, gpuFramesPerSecond: 4000 };
    assert.deepEqual(capacityOf(box, load, 0.5), { streams: 1000, processes: 4, limit: 'GPU' });
    assert.equal(capacityOf({ ...box, gpuFramesPerSecond: 1e6 }, load, 0.5).limit, 'cores');
  });

  it('needs a whole box for what is left over', () => {
    assert.equal(boxesFor(100_000, { streams: 1000 }), 100);
    assert.equal(boxesFor(100_001, { streams: 1000 }), 101);
  });
});
