import { setTimeout as sleep } from 'node:timers/promises';
import { play } from './bench-client.js';
import type { BenchModel } from './contender.js';
import { MULAW_100, MULAW_20, PCM_100, PCM_20, type Ingress } from './ingress.js';
import { measurePaced } from './paced.js';
import { mainThreadCpuMs, treeCpuMs } from './process-cpu.js';
import type { ServerProcess } from './server-process.js';
import { spreadOf, type Spread } from './statistics.js';

const STREAMS = 32;
const IDLE_MS = 3_000;
/** How many streams are opened and closed without audio, and how many of them at the same time. */
const OPENINGS = 200;
const AT_A_TIME = 50;

export interface PacedCost {
  readonly encoding: Ingress['encoding'];
  readonly sampleRate: number;
  readonly chunkMs: number;
  /** CPU milliseconds per second of one stream: the whole server, and its event loop's thread. */
  readonly cpuMs: Spread;
  readonly mainThreadMs: Spread;
}

/** What streams at speaking speed cost our server: the input of the capacity model. */
export interface StreamCosts {
  readonly streams: number;
  /** CPU milliseconds per second without any stream. */
  readonly idleCpuMs: number;
  readonly idleMainThreadMs: number;
  /** CPU milliseconds of opening and closing one stream. */
  readonly openingCpuMs: number;
  /** The cost of streams at speaking speed, without what the idle server uses. */
  readonly paced: readonly PacedCost[];
}

export interface CostsPlan {
  readonly server: ServerProcess;
  readonly model: BenchModel;
  readonly rounds: number;
  readonly seconds: number;
}

/** Measures the four ingresses in turn, round after round. */
export const measureStreamCosts = async (plan: CostsPlan): Promise<StreamCosts> => {
  const { server, rounds } = plan;
  const [idleCpuMs, idleMainThreadMs] = await idle(server.pid);
  const openingCpuMs = await opening(plan);
  const ingresses = [PCM_100, PCM_20, MULAW_100, MULAW_20];
  const each = ingresses.map((ingress) => ({ ingress, cpuMs: [] as number[], mainThreadMs: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { ingress, cpuMs, mainThreadMs } of each) {
      const audioMs = Math.max(3, Math.round(plan.seconds)) * 1000;
      const paced = await measurePaced({ ...plan, ingress, streams: STREAMS, audioMs });
      cpuMs.push(paced.cpuMsPerStreamSecond - idleCpuMs / STREAMS);
      mainThreadMs.push(paced.mainThreadMsPerStreamSecond - idleMainThreadMs / STREAMS);
    }
  }
  const paced = each.map(({ ingress: { encoding, sampleRate, chunkMs }, cpuMs, mainThreadMs }) => ({
    ...{ encoding, sampleRate, chunkMs },
    cpuMs: spreadOf(cpuMs),
    mainThreadMs: spreadOf(mainThreadMs),
  }));
  return { streams: STREAMS, idleCpuMs, idleMainThreadMs, openingCpuMs, paced };
};

const idle = async (pid: number): Promise<readonly [number, number]> => {
  const before = [treeCpuMs(pid), mainThreadCpuMs(pid)] as const;
  await sleep(IDLE_MS);
  const perSecond = 1000 / IDLE_MS;
  return [(treeCpuMs(pid) - before[0]) * perSecond, (mainThreadCpuMs(pid) - before[1]) * perSecond];
};

const opening = async ({ server: { url, pid }, model }: CostsPlan): Promise<number> => {
  const call = { url, model: model.name, ingress: PCM_100, audio: new Uint8Array(), spokenAfterMs: null };
  const before = treeCpuMs(pid);
  for (let opened = 0; opened < OPENINGS; opened += AT_A_TIME)
    await Promise.all(Array.from({ length: AT_A_TIME }, () => play(call)));
  return (treeCpuMs(pid) - before) / OPENINGS;
};
