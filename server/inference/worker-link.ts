import { fork, type ChildProcess } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../domain/reason.js';
import { FRAME_SAMPLES } from '../domain/units.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

/** How a worker is isolated from the server: a thread is faster; with a process, the server survives a crash of native code. */
export type Isolation = 'thread' | 'process';

/** The server's end of the connection to one worker. */
export interface WorkerLink {
  /** Sends a message; the memory of a batch may move with it and can no longer be used here. */
  send(message: ToWorker): void;
  /** Ends a child process at once. False for a thread: ending one while a run is under way aborts the server. */
  kill(): boolean;
}

export interface LinkEvents {
  received(message: FromWorker): void;
  /** The worker has ended, and everything that it ever sent has been received. */
  ended(reason: string): void;
}

const ENTRY = new URL('./worker-main.js', import.meta.url);

/** Opens a worker. A `probe` is a process whose standard error is discarded: its answer says enough. */
export const openLink = (isolation: Isolation | 'probe', events: LinkEvents): WorkerLink =>
  isolation === 'thread' ? openThread(events) : openProcess(events, isolation === 'probe' ? 'ignore' : 'inherit');

let threads = 0;

/** How many worker threads have not ended: while native code hangs in one, the process cannot end by itself. */
export const livingThreads = (): number => threads;

const openThread = (events: LinkEvents): WorkerLink => {
  const worker = new Worker(ENTRY, { execArgv: [] });
  threads += 1;
  let failure: string | null = null;
  worker.on('message', (message: FromWorker) => events.received(message));
  worker.on('error', (error) => (failure = reasonOf(error)));
  worker.on('exit', (code) => {
    threads -= 1;
    events.ended(failure ?? `its thread ended with code ${code}`);
  });
  return {
    send: (message) =>
      worker.postMessage(message, message.kind === 'run' ? [memoryOf(message.pcm), memoryOf(message.state)] : []),
    kill: () => false,
  };
};

const children = new Set<ChildProcess>();
// A child that hangs would never end by itself: it does not notice that the server has gone.
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

const openProcess = (events: LinkEvents, stderr: 'inherit' | 'ignore'): WorkerLink => {
  const stdio = ['ignore', 'inherit', stderr, 'ipc'] as const;
  const child = fork(ENTRY, { serialization: 'advanced', execArgv: [], stdio: [...stdio] });
  children.add(child);
  let failure: string | null = null;
  const end = (): void => {
    if (failure !== null && !child.connected) events.ended(failure);
  };
  child.on('message', (message) => events.received(message as unknown as FromWorker));
  child.on('error', (error) => (failure ??= reasonOf(error)));
  child.on('exit', (code, signal) => {
    children.delete(child);
    failure ??= `its process ended with ${signal ?? `code ${code}`}`;
    end();
  });
  child.on('disconnect', end);
  return {
    // A send fails only when the worker has just died, which is about to be reported by `ended`.
    send: (message) => void child.send(message.kind === 'run' ? trimmed(message) : message, () => undefined),
    kill: () => child.kill('SIGKILL'),
  };
};

const memoryOf = ({ buffer }: Float32Array): ArrayBuffer => buffer as ArrayBuffer;

/** What a child process is sent is copied, so only the rows in use are sent. */
const trimmed = (run: Extract<ToWorker, { kind: 'run' }>): ToWorker => ({
  ...run,
  pcm: run.pcm.subarray(0, run.rows * FRAME_SAMPLES),
});
