import { reasonOf } from '../../server/domain/reason.js';
import { BareSessions, type BareRate } from './bare-session.js';
import type { ContenderReport, CpuAgreement, MatchReport } from './bench-report.js';
import { EARSHOT, INSTALL, missingFor, type BenchModel, type Contender, type Match } from './contender.js';
import { readSample, type ServerSample } from '../server/server-metrics.js';
import { measureAtFullSpeed, type FullSpeed, type RoundsPlan } from './full-speed.js';
import { MULAW_20, PCM_100 } from './ingress.js';
import { measurePaced } from './paced.js';
import { treeCpuMs } from './process-cpu.js';
import { answersOf, differenceOf, type Answers } from './same-answers.js';
import { startServerProcess, type ServerProcess } from './server-process.js';
import { measureStreamCosts, type StreamCosts } from './stream-costs.js';
import { measureStreamsHeld } from './streams-held.js';

const SCAN_MS = 500;
const PACED_MS = 12_000;
const HELD_MS = 6_000;
const INGRESSES = [PCM_100, MULAW_20];

export interface MatchOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Names of contenders to measure; null for all. Our server is always started, because the others' answers are compared with its. */
  readonly only: readonly string[] | null;
  readonly say: (text: string) => void;
}

export interface Played {
  readonly report: MatchReport;
  readonly costs: StreamCosts | null;
  readonly cpuAgreement: CpuAgreement | null;
}

/** The result of one contender: its part of the report, and its answers for comparison with later contenders. */
interface Outcome {
  readonly report: ContenderReport;
  readonly answers: readonly Answers[];
  readonly costs: StreamCosts | null;
  readonly cpuAgreement: CpuAgreement | null;
}

/** Measures a model's bare session and every contender on it, one after the other. */
export const playMatch = async (match: Match, options: MatchOptions): Promise<Played> => {
  const bare = await BareSessions.start(match.model.folder);
  try {
    options.say(`${match.model.name}: bare session`);
    const rates = await bare.scan(SCAN_MS);
    const { batch } = cheapest(rates);
    const outcomes: Outcome[] = [];
    for (const contender of match.contenders) {
      if (contender !== EARSHOT && !isWanted(contender.name, options)) continue;
      options.say(`${match.model.name}: ${contender.name} (${contender.about})`);
      outcomes.push(await enter(contender, { match, options, bare, batch, ours: outcomes[0]?.answers ?? [] }));
    }
    const wanted = outcomes.filter(({ report }) => isWanted(report.name, options));
    return {
      report: {
        model: match.model.name,
        bare: rates,
        bestBatch: batch,
        contenders: wanted.map(({ report }) => report),
      },
      costs: wanted[0]?.costs ?? null,
      cpuAgreement: wanted[0]?.cpuAgreement ?? null,
    };
  } finally {
    bare.stop();
  }
};

const cheapest = (rates: readonly BareRate[]): BareRate =>
  rates.reduce((best, rate) => (rate.cpuMsPerFrame < best.cpuMsPerFrame ? rate : best));

const isWanted = (name: string, { only }: MatchOptions): boolean => only === null || only.includes(name);

interface Entry {
  readonly match: Match;
  readonly options: MatchOptions;
  readonly bare: BareSessions;
  readonly batch: number;
  /** Our server's answers, by ingress. */
  readonly ours: readonly Answers[];
}

const enter = async (contender: Contender, entry: Entry): Promise<Outcome> => {
  const { model } = entry.match;
  const { name, about } = contender;
  const nothing = { name, about, fullSpeed: [], paced: null, held: null };
  const failed = (problem: string): Outcome => ({
    report: { ...nothing, problem },
    answers: [],
    costs: null,
    cpuAgreement: null,
  });
  const missing = missingFor(contender, model);
  if (missing !== null) return failed(`skipped: ${missing} is missing; ${INSTALL} makes it`);
  const server = await startServerProcess(contender.command(model));
  try {
    const answers = await Promise.all(INGRESSES.map((ingress) => answersOf(server.url, model.name, ingress)));
    const difference = answers.map((each, index) => differenceOf(entry.ours[index] ?? each, each)).find(Boolean);
    if (difference) return failed(`void: it does not say what our server says: ${difference}`);
    if (!isWanted(name, entry.options)) return { ...failed('not asked for'), answers };
    return { ...(await measure(contender, server, entry)), answers };
  } catch (error) {
    entry.options.say(server.lastWords());
    return failed(`failed: ${reasonOf(error)}`);
  } finally {
    await server.stop();
  }
};

const measure = async (
  contender: Contender,
  server: ServerProcess,
  { match: { model }, options, bare, batch }: Entry,
): Promise<Omit<Outcome, 'answers'>> => {
  const isOurs = contender === EARSHOT;
  const plan: RoundsPlan = { model, server, bare, batch, ...options };
  const before = isOurs ? await cpuOf(server) : null;
  const fullSpeed: FullSpeed[] = [];
  for (const ingress of INGRESSES) fullSpeed.push(await measureAtFullSpeed(plan, ingress));
  const cpuAgreement = before ? agreement(before, await cpuOf(server)) : null;
  const pacing = { server, model, ingress: PCM_100 };
  const paced = await measurePaced({ ...pacing, streams: model.pacedStreams, audioMs: PACED_MS });
  const rate = fullSpeed[0]?.framesPerSecond.median ?? 0;
  const held = await measureStreamsHeld({ ...pacing, audioMs: HELD_MS }, rate);
  const costs = isOurs && isBundled(model) ? await measureStreamCosts({ ...plan }) : null;
  const { name, about } = contender;
  return { report: { name, about, fullSpeed, paced, held, problem: null }, costs, cpuAgreement };
};

/** Whether this is the bundled model: the capacity model is about that one; the other model is only there for a rival. */
const isBundled = ({ checkpoint }: BenchModel): boolean => checkpoint === null;

interface CpuReading {
  /** What our server's `/metrics` reports. */
  readonly told: ServerSample;
  readonly processCpuMs: number;
}

const cpuOf = async ({ url, pid }: ServerProcess): Promise<CpuReading> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return { told: readSample(text, 0), processCpuMs: treeCpuMs(pid) };
};

const agreement = (before: CpuReading, after: CpuReading): CpuAgreement => ({
  earshotCpuMs: (after.told.cpuSeconds - before.told.cpuSeconds) * 1000,
  processCpuMs: after.processCpuMs - before.processCpuMs,
  meanBatch: (after.told.batchFrames - before.told.batchFrames) / (after.told.batches - before.told.batches),
});
