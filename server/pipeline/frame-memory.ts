import { FRAME_SAMPLES } from '../domain/units.js';

/** Frames of memory that wait to be used again: 8 MB. */
const MOST_KEPT = 128;

const kept: Float32Array[] = [];

/**
 * Memory of frames, used again: a frame is 64 kB, and every stream cuts several a second. What is never given back, as
 * when a stream is given up, is collected as any memory is.
 */
export const frameMemory = {
  take: (): Float32Array => kept.pop() ?? new Float32Array(FRAME_SAMPLES),
  giveBack: (samples: Float32Array): void => {
    if (kept.length < MOST_KEPT) kept.push(samples);
  },
};
