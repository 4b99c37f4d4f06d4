import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, serveProcess, type ServerProcess } from '../support/earshot-command.js';
import { isLinux, needs } from '../support/needs.js';
import { CLOSE, START, TALKS, type Step, type Told, type WireMessage } from '../support/raw-clients.js';
import { ECHO_MODELS } from '../support/real-server.js';
import { babble, pcm16, seeded } from '../support/tones.js';
import { casesOf, metric, pick, SEED } from './chaos.js';

/** Seconds of audio of each stream, sent about as fast as it is spoken. */
const SECONDS = casesOf(5, 180);
const STREAMS = 8;
const RUN_TIMEOUT_MS = 300;
/** The pause between two faults. */
const PAUSE_MS = casesOf(300, 1_500);
const FLAGS = ['--models', ECHO_MODELS, '--isolation', 'process', '--workers', '2', '--log-level', 'silent'];

/** What can happen to a worker process. */
const DEEDS: Readonly<Record<string, (pid: number) => void>> = {
  'is killed': (pid) => process.kill(pid, 'SIGKILL'),
  'aborts as native code does': (pid) => process.kill(pid, 'SIGABRT'),
  'faults as native code does': (pid) => process.kill(pid, 'SIGSEGV'),
  hangs: (pid) => process.kill(pid, 'SIGSTOP'),
  'gets no more memory': (pid) => execFileSync('prlimit', ['--pid', String(pid), '--as=1']),
};

const befall = (pid: number, deed: string): void => {
  try {
    DEEDS[deed]!(pid);
  } catch {
    // The process is dead already.
  }
};

const sum = (messages: readonly WireMessage[]): number =>
  messages.reduce((total, { start_ms, end_ms }) => total + Number(end_ms) - Number(start_ms), 0);

/** Asserts that every frame was answered, or its audio reported as a gap. */
const assertComplete = ({ messages, end }: Told): number => {
  const closed = messages.at(-1)!;
  const gapMs = sum(messages.filter(({ type }) => type === 'gap'));
  assert.deepEqual(
    [closed.type, end, closed.audio_ms, closed.gap_ms],
    ['closed', 1000, SECONDS * 1000, gapMs],
    JSON.stringify(closed),
  );
  const seqs = messages.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  return gapMs;
};

const stream = (server: ServerProcess, seed: number): Promise<Told> => {
  const audio = pcm16(babble(SECONDS, seed));
  const steps: Step[] = [START];
  for (let at = 0; at < audio.length; at += 32_000) steps.push(audio.subarray(at, at + 32_000), () => sleep(900));
  return TALKS['ws-json'](server, [...steps, CLOSE]);
};

const readiness = async (server: ServerProcess): Promise<number> =>
  (await fetch(`http://${server.http}/readyz`)).status;

describe('Inference workers that fail in mid-batch', function () {
  this.timeout(0);
  let server: ServerProcess;
  before(async function () {
    needs(this, isLinux, 'Linux');
    server = await serveProcess([...FLAGS, '--run-timeout-ms', String(RUN_TIMEOUT_MS)]);
  });
  after(async () => {
    if (isLinux) await server.stop('SIGTERM');
  });

  const bothHealthy = async () => {
    while ((await metric(server, 'earshot_workers_healthy')) < 2) await sleep(20);
  };

  it(`lose no connection and no audio: ${SECONDS} s of ${STREAMS} streams, seed ${SEED}`, async () => {
    const random = seeded(SEED);
    const streams = Array.from({ length: STREAMS }, (_, index) => stream(server, index));
    const state = { isOver: false };
    let faults = 0;
    const breaking = (async () => {
      for (; !state.isOver; faults++) {
        befall(pick(random, childrenOf(server.child.pid!)), Object.keys(DEEDS)[faults % Object.keys(DEEDS).length]!);
        await sleep(PAUSE_MS);
        await bothHealthy();
      }
    })();
    const gaps = (await Promise.all(streams)).map(assertComplete);
    state.isOver = true;
    await breaking;
    const restarts = await metric(server, 'earshot_worker_restarts_total');
    process.stdout.write(`      ${faults} faults, ${restarts} restarts, gaps of ${gaps.join(', ')} ms told\n`);
    assert.ok(restarts > 0);
  });

  it('make the server not ready when none is left, and ready again when they are back', async () => {
    await bothHealthy();
    for (const pid of childrenOf(server.child.pid!)) befall(pid, 'is killed');
    while ((await readiness(server)) !== 503) await sleep(1);
    while ((await readiness(server)) !== 200) await sleep(20);
  });

  it('are restarted ever more slowly while they die at once', async () => {
    const before = await metric(server, 'earshot_worker_restarts_total');
    for (const end = performance.now() + 1_500; performance.now() < end;) {
      for (const pid of childrenOf(server.child.pid!)) befall(pid, 'is killed');
      await sleep(10);
    }
    const restarts = (await metric(server, 'earshot_worker_restarts_total')) - before;
    assert.ok(restarts <= 12, `${restarts} restarts of 2 workers within 1.5 s`);
  });
});
