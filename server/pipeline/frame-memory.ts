import { FRAME_SAMPLES } from '../domain/units.js';

/** Most frame buffers kept for reuse: 8 MB in all. */
const MOST_KEPT = 128;

const kept: Float32Array[] = [];

/**
 * Reuses the memory of frames, because a frame is 64 kB and every stream cuts several a second. Memory that is never given
 * back, as when a stream is aborted, is garbage-collected.
 */
export const frameMemory = {
  take: (): Float32Array => kept.pop() ?? new Float32Array(FRAME_SAMPLES),
  giveBack: (samples: Float32Array): void => {
    if (kept.length < MOST_KEPT) kept.push(samples);
  },
};
