import assert from 'node:assert/strict';
import { serverFigures } from '../../../load-tests/report/process-figures.js';
import { readSample } from '../../../load-tests/server/server-metrics.js';

const text = (cpu: number, classified: number, batches: readonly [number, number, number]): string =>
  [
    '# HELP earshot_cpu_seconds CPU time of the process so far, threads included',
    `earshot_cpu_seconds ${cpu}`,
    'earshot_resident_memory_bytes 209715200',
    `earshot_event_loop_delay_seconds_bucket{le="0.005"} ${cpu * 1_000}`,
    `earshot_event_loop_delay_seconds_bucket{le="0.01"} ${cpu * 1_020}`,
    `earshot_event_loop_delay_seconds_bucket{le="+Inf"} ${cpu * 1_020}`,
    `earshot_frames_total{model="a",outcome="classified"} ${classified}`,
    'earshot_frames_total{model="b",outcome="classified"} 0',
    'earshot_frames_total{model="a",outcome="shed"} 3',
    `earshot_batch_frames_bucket{le="1",model="a"} ${batches[0]}`,
    `earshot_batch_frames_bucket{le="2",model="a"} ${batches[1]}`,
    `earshot_batch_frames_bucket{le="+Inf",model="a"} ${batches[2]}`,
    `earshot_batch_frames_sum{model="a"} ${classified}`,
    `earshot_batch_frames_count{model="a"} ${batches[2]}`,
  ].join('\n');

describe("The figures from the server's metrics", () => {
  const samples = [readSample(text(1, 0, [0, 0, 0]), 0), readSample(text(3, 100, [20, 50, 55]), 10_000)];

  it('are summed over models', () => {
    assert.equal(samples[1]!.classified, 100);
    assert.equal(samples[1]!.unclassified, 3);
    assert.equal(samples[1]!.residentBytes, 200 * 2 ** 20);
  });

  it('become rates, costs and batch sizes of the measured time', () => {
    const figures = serverFigures(samples, { from: 0, to: 10_000 })!;
    assert.equal(figures.cores, 0.2);
    assert.equal(figures.framesPerSecond, 10);
    assert.ok(Math.abs(figures.loopDelayP99Ms.worst - 7.45) < 1e-9);
    assert.equal(figures.cpuMsPerFrame, 20);
    assert.equal(figures.framesPerBatch, 100 / 55);
    assert.deepEqual(figures.batches, [
      { upTo: 1, count: 20 },
      { upTo: 2, count: 30 },
      { upTo: Infinity, count: 5 },
    ]);
  });

  it('are null when there are fewer than two samples', () =>
    assert.equal(serverFigures(samples.slice(0, 1), { from: 0, to: 10_000 }), null));
});
