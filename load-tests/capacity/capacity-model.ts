import { quantile } from '../bench/statistics.js';
import { FRAMING } from '../generator/pacing.js';

/** What one stream at speaking speed with this audio format costs a server, in CPU milliseconds per second of the stream. */
export interface IngressCost {
  readonly encoding: string;
  readonly sampleRate: number;
  readonly chunkMs: number;
  /** Cost to the whole server, including its workers. */
  readonly cpuMs: number;
  /** Cost to its event loop alone. */
  readonly mainThreadMs: number;
}

/** The parts of which those costs consist, in CPU milliseconds. */
export interface Parts {
  /** On the event loop: per frame, per message of audio, and per second of audio that is resampled. */
  readonly frame: number;
  readonly chunk: number;
  readonly resampledSecond: number;
  /** On the workers: per frame. */
  readonly inference: number;
}

export const FRAMES_PER_SECOND = 1000 / FRAMING.hopMs;
const MODEL_RATE = 16_000;

const chunksPerSecond = ({ chunkMs }: Pick<IngressCost, 'chunkMs'>): number => 1000 / chunkMs;
const isResampled = ({ sampleRate }: Pick<IngressCost, 'sampleRate'>): boolean => sampleRate !== MODEL_RATE;

/**
 * Splits the costs of four ingresses into parts: ingresses of the same rate differ only in their chunks, and the two rates differ
 * only in resampling. If that difference is negative, it is noise, and resampling counts as free. Throws unless each rate was
 * measured with two lengths of chunks.
 */
export const partsOf = (costs: readonly IngressCost[]): Parts => {
  const plain = lineThrough(costs.filter((cost) => !isResampled(cost)));
  const resampled = lineThrough(costs.filter(isResampled));
  const resampledSecond = Math.max(0, resampled.withoutChunks - plain.withoutChunks);
  const withoutChunks = resampledSecond > 0 ? plain.withoutChunks : (plain.withoutChunks + resampled.withoutChunks) / 2;
  return {
    chunk: (plain.perChunk + resampled.perChunk) / 2,
    frame: withoutChunks / FRAMES_PER_SECOND,
    resampledSecond,
    inference: quantile(
      costs.map(({ cpuMs, mainThreadMs }) => (cpuMs - mainThreadMs) / FRAMES_PER_SECOND),
      0.5,
    ),
  };
};

const lineThrough = (costs: readonly IngressCost[]): { perChunk: number; withoutChunks: number } => {
  const [few, many] = [...costs].sort((a, b) => chunksPerSecond(a) - chunksPerSecond(b));
  if (!few || !many || few.chunkMs === many.chunkMs)
    throw new Error(`${costs.length} ingresses of one rate: two with chunks of different lengths are needed`);
  const perChunk = (many.mainThreadMs - few.mainThreadMs) / (chunksPerSecond(many) - chunksPerSecond(few));
  return { perChunk, withoutChunks: few.mainThreadMs - perChunk * chunksPerSecond(few) };
};

/** CPU milliseconds on the event loop per second of one stream. */
export const mainThreadCost = (
  parts: Pick<Parts, 'frame' | 'chunk' | 'resampledSecond'>,
  ingress: Pick<IngressCost, 'chunkMs' | 'sampleRate'>,
): number =>
  FRAMES_PER_SECOND * parts.frame +
  chunksPerSecond(ingress) * parts.chunk +
  (isResampled(ingress) ? parts.resampledSecond : 0);

/** A kind of machine. */
export interface Box {
  readonly name: string;
  readonly cores: number;
  /** Frames per second that its GPU classifies; null without a GPU. */
  readonly gpuFramesPerSecond: number | null;
}

export interface Load {
  /** CPU milliseconds per second of one stream on the event loop. */
  readonly mainThreadMs: number;
  /** CPU milliseconds per frame on a worker: to run the model, or to feed a GPU. */
  readonly inferenceMs: number;
}

export interface Capacity {
  readonly streams: number;
  /** How many server processes are needed; each has one event loop. */
  readonly processes: number;
  readonly limit: 'cores' | 'GPU';
}

/** How many streams one process can serve if its event loop may use `share` (0–1) of one core. */
export const streamsPerProcess = ({ mainThreadMs }: Load, share: number): number =>
  Math.floor((share * 1000) / mainThreadMs);

/** How many cores one stream keeps busy. */
export const coresOf = ({ mainThreadMs, inferenceMs }: Load): number =>
  (mainThreadMs + FRAMES_PER_SECOND * inferenceMs) / 1000;

/** How many streams a box can serve with `share` (0–1) of its cores and of its GPU. */
export const capacityOf = (box: Box, load: Load, share: number): Capacity => {
  const byCores = Math.floor((share * box.cores) / coresOf(load));
  const byGpu =
    box.gpuFramesPerSecond === null ? Infinity : Math.floor((share * box.gpuFramesPerSecond) / FRAMES_PER_SECOND);
  const streams = Math.min(byCores, byGpu);
  const processes = Math.max(1, Math.ceil(streams / streamsPerProcess(load, share)));
  return { streams, processes, limit: byGpu < byCores ? 'GPU' : 'cores' };
};

/** How many such boxes are needed for a number of streams. */
export const boxesFor = (streams: number, { streams: each }: Pick<Capacity, 'streams'>): number =>
  Math.ceil(streams / each);
