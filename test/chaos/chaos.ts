import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldBytes } from '../support/memory.js';
import { CLOSE, START, strip, TALKS, type WireMessage } from '../support/raw-clients.js';
import type { Addresses } from '../support/scripted-server.js';
import { babble, pcm16, randomChunks } from '../support/tones.js';

/** `npm run chaos` sets `EARSHOT_CHAOS=1`, the long run; 0.1 is a tenth of it. When unset, the tests run their short form. */
const SCALE = process.env.EARSHOT_CHAOS === undefined ? null : Number(process.env.EARSHOT_CHAOS);

/** How many cases, rounds or seconds: `short` in every run of the tests, `long` in the long run. */
export const casesOf = (short: number, long: number): number => (SCALE === null ? short : Math.ceil(long * SCALE));

/** The seed of every random choice. Case n of this seed is case 0 of the seed that is n higher. */
export const SEED = Number(process.env.EARSHOT_CHAOS_SEED ?? (SCALE === null ? 1 : Date.now() % 1_000_000));

/** Part of a test's title, so that the seed is printed. */
export const seedNote = (cases: number): string => `(${cases} cases from seed ${SEED})`;

/** Runs cases, `width` of them at a time; a failure names its case and the seed that repeats it. */
export const runCases = async (cases: number, width: number, run: (seed: number) => Promise<void>): Promise<void> => {
  let next = 0;
  const lane = async () => {
    while (next < cases) {
      const index = next++;
      await run(SEED + index).catch((cause: unknown) => {
        next = cases;
        const what = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`case ${index}, alone with EARSHOT_CHAOS_SEED=${SEED + index}: ${what}`, { cause });
      });
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
};

/** One of `choices`. */
export const pick = <T>(random: () => number, choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)]!;

/** A whole number from `least` to `most`. */
export const whole = (random: () => number, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export const randomBytes = (random: () => number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

const story = (messages: readonly WireMessage[]) => messages.slice(1).map(strip);
const CLIP = pcm16(babble(3, 77));

/** Streams the same clip again and again during a fault; every time the answer must be the same as without the fault. */
export const withNeighbour = async (server: Addresses, fault: () => Promise<void>): Promise<void> => {
  const play = async (seed: number) =>
    story((await TALKS['ws-json'](server, [START, ...randomChunks(CLIP, 6_000, seed), pause, CLOSE])).messages);
  const alone = await play(0);
  assert.equal(alone.at(-1)?.type, 'closed');
  const state = { isOver: false };
  const playing = (async () => {
    for (let played = 0; played === 0 || !state.isOver; played++)
      assert.deepEqual(await play(played), alone, 'a neighbour was disturbed');
  })();
  try {
    await Promise.race([fault(), playing]);
  } finally {
    state.isOver = true;
    await playing;
  }
};

/** Leaves the CPU to the fault for a while. */
const pause = () => sleep(100);

export const metric = async (server: Addresses, name: string): Promise<number> => {
  const text = await (await fetch(`http://${server.http}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

/** Waits until no stream is open, and no lost stream waits for its caller. */
export const allGone = async (server: Addresses): Promise<void> => {
  for (const name of ['earshot_sessions', 'earshot_sessions_lost'])
    while ((await metric(server, name)) > 0) await sleep(20);
};

/** Runs `work` twice, `warmUp` first, and asserts that the second time left no more than `most` bytes behind. */
export const assertNoGrowth = async (most: number, warmUp: () => Promise<void>, work: () => Promise<void>) => {
  await warmUp();
  const before = await heldBytes();
  await work();
  const grown = (await heldBytes()) - before;
  process.stdout.write(`      ${Math.round(grown / 1024)} KiB kept\n`);
  assert.ok(grown < most, `${grown} bytes were kept, of ${most} at most`);
};
