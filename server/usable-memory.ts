import { totalmem } from 'node:os';
import { leastLimit } from './inference/control-groups.js';

/** Bytes of memory that the machine has, or that a container's limit leaves of it. */
export const usableMemory = (): number =>
  // What Node knows, which is 0, undefined, or far more than the machine has where there is no limit, is only of the innermost group.
  Math.min(totalmem(), process.constrainedMemory() || Infinity, memoryLimit() ?? Infinity);

/** The most bytes that the control groups of this process allow it; null without a limit. */
export const memoryLimit = (root?: string): number | null =>
  leastLimit(
    {
      controller: 'memory',
      unified: (read) => bytesIn(read('memory.max')),
      legacy: (read) => bytesIn(read('memory.limit_in_bytes')),
    },
    root,
  );

/** Null for `max`, and where there is no file, as in the group that holds all others. */
const bytesIn = ([text]: readonly string[]): number | null => (Number(text) > 0 ? Number(text) : null);
