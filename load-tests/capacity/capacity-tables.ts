import { markdown } from '../bench/markdown.js';
import {
  boxesFor,
  capacityOf,
  coresOf,
  FRAMES_PER_SECOND,
  mainThreadCost,
  partsOf,
  streamsPerProcess,
  type Box,
  type IngressCost,
  type Load,
  type Parts,
} from './capacity-model.js';
import type { Measured } from './measured.js';

/** Assumed: the share of a box that is planned for. The rest keeps latency low, and takes over the streams of a failed box. */
const SHARE = 0.7;
/** Assumed: CPU milliseconds of a worker per frame when a GPU computes, for copying into and out of the batch and the launch. */
const GPU_FEED_MS = 0.2;
/** CPU milliseconds per frame, measured by the trainer on a 2-core AMD EPYC (models/trainer/README.md), in batches of 8. */
const WAV2VEC2_BASE_MS = 151;
/** Frames per second of an H100: assumed for the bundled model; for wav2vec2-base measured with CUDA in full batches of fp16 (README.md). */
const GPU_RATES = { bundled: 20_000, base: 6_098 } as const;
const WANTED_STREAMS = 100_000;

const INGRESSES = [
  { name: '100 ms of PCM, 16 kHz', chunkMs: 100, sampleRate: 16_000 },
  { name: '20 ms of µ-law, 8 kHz', chunkMs: 20, sampleRate: 8_000 },
] as const;

/** The computed part of docs/capacity.md, as Markdown. */
export const capacityTables = (measured: Measured): string => {
  const costs = measured.costs.paced.map((cost) => ({
    ...cost,
    cpuMs: cost.cpuMs.median,
    mainThreadMs: cost.mainThreadMs.median,
  }));
  const parts = partsOf(costs);
  const { date, processor, cores, node, commit, loadBefore } = measured.surroundings;
  const beside = loadBefore > cores / 4 ? `, with a load average of ${loadBefore.toFixed(1)} when it began` : '';
  return [
    `Measured ${date} on ${processor}, ${cores} cores, Node ${node}, commit ${commit ?? 'unknown'}${beside}:`,
    partsTable(parts, measured),
    'How well they add up: CPU milliseconds of the event loop per second of one stream.',
    fitTable(parts, costs),
    'One box:',
    boxTable(parts),
    `${WANTED_STREAMS.toLocaleString('en')} streams:`,
    fleetTable(parts),
  ].join('\n\n');
};

const partsTable = ({ frame, chunk, resampledSecond, inference }: Parts, { costs }: Measured): string =>
  markdown(
    ['', 'CPU ms', ''],
    [
      ['F: a frame, on the event loop', frame.toFixed(3), 'measured'],
      ['C: a message of audio, on the event loop', chunk.toFixed(3), 'measured'],
      ['R: a second of audio from 8 kHz to 16 kHz, on the event loop', resampledSecond.toFixed(2), 'measured'],
      [
        'W: a frame, on a worker (the bundled model, in the small batches of that load)',
        inference.toFixed(2),
        'measured',
      ],
      ['a stream opened and closed', costs.openingCpuMs.toFixed(2), 'measured'],
      ['a second without streams, per process', costs.idleCpuMs.toFixed(1), 'measured'],
      [
        'W of wav2vec2-base, 94 M parameters',
        WAV2VEC2_BASE_MS.toFixed(0),
        'measured, on another machine (the trainer)',
      ],
      ['W where a GPU computes', GPU_FEED_MS.toFixed(1), 'assumed'],
    ],
  );

const fitTable = (parts: Parts, costs: readonly IngressCost[]): string =>
  markdown(
    ['ingress', 'measured', 'h·F + c·C + R'],
    costs.map((cost) => [
      `${cost.chunkMs} ms of ${cost.encoding}, ${cost.sampleRate / 1000} kHz`,
      cost.mainThreadMs.toFixed(2),
      mainThreadCost(parts, cost).toFixed(2),
    ]),
  );

interface Deployment {
  readonly model: string;
  readonly box: Box;
  readonly inferenceMs: number;
}

const deployments = ({ inference }: Parts): readonly Deployment[] => {
  const cpu: Box = { name: '16 cores', cores: 16, gpuFramesPerSecond: null };
  const gpu = (gpuFramesPerSecond: number, source: 'assumed' | 'measured'): Box => ({
    name: `16 cores and an H100 (${gpuFramesPerSecond.toLocaleString('en')} frames/s ${source})`,
    cores: 16,
    gpuFramesPerSecond,
  });
  return [
    { model: 'bundled', box: cpu, inferenceMs: inference },
    { model: 'bundled', box: gpu(GPU_RATES.bundled, 'assumed'), inferenceMs: GPU_FEED_MS },
    { model: 'wav2vec2-base', box: cpu, inferenceMs: WAV2VEC2_BASE_MS },
    { model: 'wav2vec2-base', box: gpu(GPU_RATES.base, 'measured'), inferenceMs: GPU_FEED_MS },
  ];
};

interface Planned extends Deployment {
  readonly ingress: string;
  readonly load: Load;
}

const planned = (parts: Parts): readonly Planned[] =>
  deployments(parts).flatMap((deployment) =>
    INGRESSES.map((ingress) => ({
      ...deployment,
      ingress: ingress.name,
      load: { mainThreadMs: mainThreadCost(parts, ingress), inferenceMs: deployment.inferenceMs },
    })),
  );

const boxTable = (parts: Parts): string =>
  markdown(
    ['model', 'box', 'ingress', 'streams', 'processes', 'limited by'],
    planned(parts).map(({ model, box, ingress, load }) => {
      const { streams, processes, limit } = capacityOf(box, load, SHARE);
      return [model, box.name, ingress, streams.toLocaleString('en'), String(processes), limit];
    }),
  );

const fleetTable = (parts: Parts): string => {
  const frames = WANTED_STREAMS * FRAMES_PER_SECOND;
  const thousands = (count: number): string => Math.ceil(count).toLocaleString('en');
  return markdown(
    ['model', 'box', 'ingress', 'event loops', 'cores', 'GPUs for the frames alone', 'boxes'],
    planned(parts).map(({ model, box, ingress, load }) => [
      model,
      box.name,
      ingress,
      thousands(boxesFor(WANTED_STREAMS, { streams: streamsPerProcess(load, SHARE) })),
      thousands((WANTED_STREAMS * coresOf(load)) / SHARE),
      box.gpuFramesPerSecond === null ? '–' : thousands(frames / (SHARE * box.gpuFramesPerSecond)),
      thousands(boxesFor(WANTED_STREAMS, capacityOf(box, load, SHARE))),
    ]),
  );
};
