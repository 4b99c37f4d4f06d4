import type { Frame } from '../domain/frame.js';
import type { Outcome } from '../domain/outcome.js';

/** Is notified of each frame on its way through the pipeline. A null outcome means silence, which is not classified. */
export interface FrameWatcher {
  /** The frame waits for a worker from now on. */
  begun(frame: Frame): void;
  answered(frame: Frame, outcome: Outcome | null): void;
  /** All events about the frame have been announced. */
  told(frame: Frame): void;
}
