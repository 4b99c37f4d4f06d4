import { framesIn, FRAMING } from '../generator/pacing.js';
import { play, type Played } from './bench-client.js';
import type { BenchModel } from './contender.js';
import { unbrokenSpeech, type Ingress } from './ingress.js';
import { mainThreadCpuMs, treeCpuMs } from './process-cpu.js';
import type { ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';

/** The generator was on time if it sent 99 of 100 chunks at most this late. */
const LAG_LIMIT_MS = 25;
/** A server holds a number of streams if it answers 99 of 100 frames within this time. */
export const LATENCY_LIMIT_MS = 250;

export interface Paced {
  readonly ingress: string;
  readonly streams: number;
  readonly audioMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many frames the server reported in `closed`, and how many the audio has. */
  readonly frames: number;
  readonly expectedFrames: number;
  readonly gapMs: number;
  /** 99th percentile of how late the generator sent a chunk. */
  readonly lagP99Ms: number;
  /** CPU milliseconds of the whole server, and of its main thread, per second of one stream. */
  readonly cpuMsPerStreamSecond: number;
  readonly mainThreadMsPerStreamSecond: number;
}

export interface PacedPlan {
  readonly server: ServerProcess;
  readonly model: BenchModel;
  readonly ingress: Ingress;
  readonly streams: number;
  readonly audioMs: number;
}

/** Plays streams at speaking speed. The golden ratio spreads their starts evenly over a hop, in the same way for every server. */
export const measurePaced = async (plan: PacedPlan): Promise<Paced> => {
  const { server, model, ingress, streams, audioMs } = plan;
  const { url, pid } = server;
  const call = { url, model: model.name, ingress, audio: unbrokenSpeech(ingress, audioMs) };
  const [cpuBefore, mainBefore] = [treeCpuMs(pid), mainThreadCpuMs(pid)];
  const played = await allOrFirstProblem(
    Array.from({ length: streams }, (_, index) =>
      play({ ...call, spokenAfterMs: ((index * 0.618_034) % 1) * FRAMING.hopMs }),
    ),
  );
  const streamSeconds = (streams * audioMs) / 1000;
  return {
    ...heardIn(played),
    ingress: ingress.name,
    streams,
    audioMs,
    expectedFrames: streams * framesIn(FRAMING, audioMs),
    cpuMsPerStreamSecond: (treeCpuMs(pid) - cpuBefore) / streamSeconds,
    mainThreadMsPerStreamSecond: (mainThreadCpuMs(pid) - mainBefore) / streamSeconds,
  };
};

/** Waits for all calls even if one fails: calls that are still running would disturb the next measurement. */
const allOrFirstProblem = async <T>(calls: readonly Promise<T>[]): Promise<T[]> => {
  await Promise.allSettled(calls);
  return Promise.all(calls);
};

const heardIn = (played: readonly Played[]): Pick<Paced, 'p50Ms' | 'p99Ms' | 'frames' | 'gapMs' | 'lagP99Ms'> => {
  const latencies = played.flatMap(({ intents }) => intents.map(({ latencyMs }) => latencyMs));
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    frames: played.reduce((sum, { frames }) => sum + frames, 0),
    gapMs: played.reduce((sum, { gapMs }) => sum + gapMs, 0),
    lagP99Ms: quantile(
      played.flatMap(({ lagMs }) => lagMs),
      0.99,
    ),
  };
};

/** Whether a server kept up with so many streams; `late` if the generator was late, so that this is unknown. */
export const verdictOn = ({ p99Ms, frames, expectedFrames, gapMs, lagP99Ms }: Paced): 'held' | 'not held' | 'late' => {
  if (frames === expectedFrames && gapMs === 0 && p99Ms <= LATENCY_LIMIT_MS) return 'held';
  return lagP99Ms > LAG_LIMIT_MS ? 'late' : 'not held';
};
