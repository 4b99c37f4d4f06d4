import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A server under test: the leader of a process group of its own. */
export interface ServerProcess {
  /** http://host:port */
  readonly url: string;
  /** The match of the text by which it announced itself. */
  readonly announcement: RegExpExecArray;
  readonly pid: number;
  /** The end of what it has written to standard error. */
  readonly lastWords: () => string;
  /** Ends the server and all processes of its group. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 3_000;
const KEPT_CHARACTERS = 2_000;
/** Windows has no process groups to which a signal can be sent: there only the leader is ended. */
const HAS_GROUPS = process.platform !== 'win32';

/**
 * Starts a server and waits until its output matches `announcing`, whose first group is its address; by default it must print
 * http://host:port. Rejects with the end of its standard error if that does not happen. `stop` kills the server if it has not ended
 * after `stopLimitMs`.
 */
export const startServerProcess = async (
  command: readonly string[],
  { announcing = /(http:\/\/[\d.]+:\d+)/, stopLimitMs = STOP_LIMIT_MS } = {},
): Promise<ServerProcess> => {
  const [program, ...args] = command;
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: HAS_GROUPS });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error').catch((reason: unknown) => [reason])) as [Error];
    throw new Error(`${program!} cannot be started: ${error.message}`);
  }
  const endWithUs = (): void => signalGroup(pid, 'SIGKILL');
  process.once('exit', endWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs);
    await stopGroup(child, pid, stopLimitMs);
  };
  const lastWords = keepLastWords(child);
  try {
    const announcement = await announcementOf(child, announcing, lastWords);
    return { url: announcement[1]!, announcement, pid, lastWords, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const keepLastWords = (child: ChildProcess): (() => string) => {
  let words = '';
  child.stderr?.on('data', (text: Buffer) => (words = (words + text.toString()).slice(-KEPT_CHARACTERS)));
  return () => words;
};

const announcementOf = (child: ChildProcess, announcing: RegExp, lastWords: () => string): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let out = '';
    const fail = (how: string): void => reject(new Error(`${child.spawnargs.join(' ')} ${how}\n${lastWords()}`));
    const timer = setTimeout(() => fail(`has not said that it is there in ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS);
    child.stdout?.on('data', (text: Buffer) => {
      const announcement = announcing.exec((out += text.toString()));
      out = out.slice(-KEPT_CHARACTERS);
      if (!announcement) return;
      clearTimeout(timer);
      resolve(announcement);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });

const stopGroup = async (child: ChildProcess, group: number, limitMs: number): Promise<void> => {
  const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
  signalGroup(group, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(group, 'SIGKILL'), limitMs);
  await ended;
  clearTimeout(timer);
  signalGroup(group, 'SIGKILL');
};

const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(HAS_GROUPS ? -group : group, signal);
  } catch {
    // The group has no processes any more.
  }
};
