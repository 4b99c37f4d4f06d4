import { endOfFrame, FRAMING } from '../generator/pacing.js';
import { play, type Played } from './bench-client.js';
import type { BareRate, BareSessions } from './bare-session.js';
import type { BenchModel } from './contender.js';
import { unbrokenSpeech, type Ingress } from './ingress.js';
import { treeCpuMs } from './process-cpu.js';
import type { ServerProcess } from './server-process.js';
import { spreadOf, type Spread } from './statistics.js';

/** Audio of a first run: too short to measure a rate, but enough to estimate how much audio fills a round. */
const FIRST_GUESS_MS = 3_000;
/** For about fifteen seconds, a server in JavaScript still compiles its hot code, which costs about a tenth of a frame's CPU. */
const WARM_UP_ROUNDS = 4;
/** So many that opening a stream costs little compared with its frames. */
const FEWEST_FRAMES_PER_STREAM = 30;
/** Least share of all frames that must be classified. Not all: a stream's first frame may end before speech begins. */
const FEWEST_CLASSIFIED = 0.95;

export interface FullSpeedRun {
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
  readonly gapMs: number;
}

export interface Round extends FullSpeedRun {
  readonly bareCpuMsPerFrame: number;
  /** CPU per frame of the whole server, divided by that of the bare session, measured just before. */
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
  /** About how long the server's part of a round takes; the bare session's part takes half as long. */
  readonly seconds: number;
}

/** Measures the bare session and the server in turn, round after round, so that other work on the machine affects both. */
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

/** Summarises rounds by their medians, which a round that was disturbed by other work hardly changes. */
export const summaryOf = (ingress: string, rounds: readonly Round[]): FullSpeed => ({
  ingress,
  framesPerSecond: spreadOf(rounds.map(({ framesPerSecond }) => framesPerSecond)),
  cpuMsPerFrame: spreadOf(rounds.map(({ cpuMsPerFrame }) => cpuMsPerFrame)),
  ratio: spreadOf(rounds.map(({ ratio }) => ratio)),
  gapMs: rounds.reduce((sum, { gapMs }) => sum + gapMs, 0),
  rounds,
});

/**
 * How many milliseconds of audio per stream make so many frames over all streams: a stream's first frame takes a second, each further
 * one a hop.
 */
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

/** Throws if too many frames were answered without running the model, because they make a server look cheaper than it is. */
export const requireClassified = (played: readonly Pick<Played, 'frames' | 'intents' | 'gapMs'>[]): void => {
  for (const { frames, intents, gapMs } of played) {
    if (gapMs === 0 && intents.length < FEWEST_CLASSIFIED * frames)
      throw new Error(`${intents.length} of ${frames} frames were classified: the audio has pauses`);
  }
};
