import { totalmem } from 'node:os';

/** Bytes of memory that the machine has, or that a container's limit leaves of it. */
export const usableMemory = (): number => {
  // Without a limit it is 0, undefined, or far more than the machine has.
  const constrained = process.constrainedMemory() || Infinity;
  return Math.min(totalmem(), constrained);
};
