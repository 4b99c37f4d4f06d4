import type { MessagePort } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerPort } from './worker-protocol.js';

/** The port of a worker thread: memory is transferred, not copied. */
export const threadPort = (port: MessagePort): WorkerPort => ({
  listen: (receive) => port.on('message', (message: ToWorker) => receive(message)),
  send: (message) => port.postMessage(message, message.kind === 'ran' ? memoryOf(message) : []),
  close: () => port.close(),
});

/** The port of a child process: everything is copied, so memory is not returned. */
export const processPort = (): WorkerPort => {
  // The server says when to end. Signals to its whole process group (a Ctrl-C, dumb-init) reach this process, too, while frames
  // may still be under way.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
  return {
    listen: (receive) => {
      process.on('message', (message) => receive(message as ToWorker));
      process.on('disconnect', () => receive({ kind: 'close' }));
    },
    send: (message) => void process.send?.(message.kind === 'ran' ? { ...message, memory: null } : message),
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
};

/** The memory to transfer; that of the next state is not listed, because it is the memory of the state. */
const memoryOf = ({ logits, speech, memory }: Extract<FromWorker, { kind: 'ran' }>): ArrayBuffer[] =>
  [logits, speech, memory?.pcm, memory?.state]
    .filter((numbers) => numbers instanceof Float32Array)
    .map(({ buffer }) => buffer as ArrayBuffer);
