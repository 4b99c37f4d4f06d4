import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports CPU time to programs in hundredths of a second, whatever the kernel's own tick is (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** Positions of fields of /proc/PID/stat after the name, which may itself contain spaces and brackets (proc(5), fields 3 and up). */
const PARENT = 1;
const FIRST_TIME = 11;
const TIMES = 4;

interface Stat {
  readonly parent: number;
  /** User and system time of the process, all threads, and of children that it has waited for. */
  readonly cpuMs: number;
}

/**
 * CPU milliseconds used so far by a process and all its descendants, including ended children that were waited for. Throws if there is
 * no such process. Linux only.
 */
export const treeCpuMs = (root: number): number => {
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name): [number, Stat][] => {
        const stat = readStat(`/proc/${name}/stat`);
        return stat ? [[Number(name), stat]] : [];
      }),
  );
  if (!stats.has(root)) throw new Error(`there is no process ${root}`);
  const isBelow = (id: number): boolean => {
    if (id === root) return true;
    const parent = stats.get(id)?.parent;
    return parent !== undefined && parent !== 0 && isBelow(parent);
  };
  return [...stats].reduce((sum, [id, { cpuMs }]) => sum + (isBelow(id) ? cpuMs : 0), 0);
};

/** CPU milliseconds used so far by the main thread of a process; in a Node server, its event loop. Linux only. */
export const mainThreadCpuMs = (id: number): number => {
  const [nanoseconds] = readFileSync(`/proc/${id}/task/${id}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
};

/** Null for a process that has just ended. */
const readStat = (path: string): Stat | null => {
  try {
    const text = readFileSync(path, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(FIRST_TIME, FIRST_TIME + TIMES).reduce((sum, count) => sum + count, 0);
    return { parent: fields[PARENT] ?? 0, cpuMs: ticks * TICK_MS };
  } catch {
    return null;
  }
};
