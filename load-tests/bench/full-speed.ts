import { endOfFrame, FRAMING } from '../generator/pacing.js';
import { play, type Played } from './bench-client.js';
import type { BareRate, BareSessions } from './bare-session.js';
import type { BenchModel } from './contender.js';
import { unbrokenSpeech, type Ingress } from './ingress.js';
import { treeCpuMs } from './process-cpu.js';
import type { ServerProcess } from './server-process.js';
import { spreadOf, type Spread } from './statistics.js';

/** Too few for a rate, enough to guess how much audio fills a round. */
const FIRST_GUESS_MS = 3_000;
/** A server in JavaScript compiles what is used most for some fifteen seconds, at a tenth of a frame's cost. */
const WARM_UP_ROUNDS = 4;
/** Opening a stream is to be a small part of what its frames cost. */
const FEWEST_FRAMES_PER_STREAM = 30;
/** The part of all frames; the first may end before anybody has begun to speak. */
const FEWEST_CLASSIFIED = 0.95;

export interface FullSpeedRun {
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
  readonly gapMs: number;
}

export interface Round extends FullSpeedRun {
  readonly bareCpuMsPerFrame: number;
  /** CPU of the whole server per frame ÷ that of the bare session measured just before. */
  readonly ratio: number;
}

export interface FullSpeed {
  readonly ingress: string;
  readonly framesPerSecond: Spread;
  readonly cpuMsPerFrame: Spread;
  readonly ratio: Spread;
  readonly gapMs: number;
  readonly rounds: readonly Round[];
}

export interface RoundsPlan {
  readonly model: BenchModel;
  readonly server: ServerProcess;
  readonly bare: BareSessions;
  readonly batch: number;
  readonly rounds: number;
  /** How long the server's part of a round takes, about; the bare session's takes half of it. */
  readonly seconds: number;
}

/** Bare session and server in turn, round after round, so that what else happens on the machine happens to both. */
export const measureAtFullSpeed = async (plan: RoundsPlan, ingress: Ingress): Promise<FullSpeed> => {
  const { model, server, bare, batch, seconds } = plan;
  const guess = await run(server, model, ingress, FIRST_GUESS_MS);
  const audioMs = audioFor(guess.framesPerSecond * seconds, model.streams);
  await run(server, model, ingress, WARM_UP_ROUNDS * audioMs);
  const rounds: Round[] = [];
  while (rounds.length < plan.rounds) {
    const rate = await bare.measure(batch, seconds * 500);
    rounds.push(roundOf(rate, await run(server, model, ingress, audioMs)));
  }
  return summaryOf(ingress.name, rounds);
};

const roundOf = ({ cpuMsPerFrame }: BareRate, served: FullSpeedRun): Round => ({
  ...served,
  bareCpuMsPerFrame: cpuMsPerFrame,
  ratio: served.cpuMsPerFrame / cpuMsPerFrame,
});

/** The middle of the rounds: a round that something else disturbed changes the spread, and hardly the median. */
export const summaryOf = (ingress: string, rounds: readonly Round[]): FullSpeed => ({
  ingress,
  framesPerSecond: spreadOf(rounds.map(({ framesPerSecond }) => framesPerSecond)),
  cpuMsPerFrame: spreadOf(rounds.map(({ cpuMsPerFrame }) => cpuMsPerFrame)),
  ratio: spreadOf(rounds.map(({ ratio }) => ratio)),
  gapMs: rounds.reduce((sum, { gapMs }) => sum + gapMs, 0),
  rounds,
});

/** How much audio makes so many frames over all streams: the first takes a second, each other a hop. */
export const audioFor = (frames: number, streams: number): number => {
  const each = Math.max(FEWEST_FRAMES_PER_STREAM, Math.round(frames / streams));
  return endOfFrame(FRAMING, each - 1);
};

const run = async (
  { url, pid }: ServerProcess,
  { name, streams }: BenchModel,
  ingress: Ingress,
  audioMs: number,
): Promise<FullSpeedRun> => {
  const call = { url, model: name, ingress, audio: unbrokenSpeech(ingress, audioMs), spokenAfterMs: null };
  const [cpuBefore, startedAt] = [treeCpuMs(pid), performance.now()];
  const played = await Promise.all(Array.from({ length: streams }, () => play(call)));
  const [cpuMs, ms] = [treeCpuMs(pid) - cpuBefore, performance.now() - startedAt];
  requireClassified(played);
  const frames = played.reduce((sum, each) => sum + each.frames, 0);
  return {
    framesPerSecond: (frames * 1000) / ms,
    cpuMsPerFrame: cpuMs / frames,
    gapMs: played.reduce((sum, each) => sum + each.gapMs, 0),
  };
};

/** Throws where frames were answered without the model, for they would make a server look cheaper than it is. */
export const requireClassified = (played: readonly Pick<Played, 'frames' | 'intents' | 'gapMs'>[]): void => {
  for (const { frames, intents, gapMs } of played) {
    if (gapMs === 0 && intents.length < FEWEST_CLASSIFIED * frames)
      throw new Error(`${intents.length} of ${frames} frames were classified: the audio has pauses`);
  }
};
