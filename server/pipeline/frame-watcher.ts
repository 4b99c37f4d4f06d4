import type { Frame } from '../domain/frame.js';
import type { Outcome } from '../domain/outcome.js';

/** Sees each frame go through the pipeline. Null stands for silence, which no model was given. */
export interface FrameWatcher {
  /** It was cut, and waits for a worker from now on. */
  begun(frame: Frame): void;
  answered(frame: Frame, outcome: Outcome | null): void;
  /** Everything about it has been announced. */
  told(frame: Frame): void;
}
