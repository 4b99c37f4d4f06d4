import type { RecordableHistogram } from 'node:perf_hooks';
import type { Clock } from '../../server/domain/clock.js';
import { recordMs } from './histogram.js';

const EVERY_MS = 5;

/** Keeps measuring how late this thread's event loop runs its timers; records the delay whenever `isMeasured` returns true. */
export const watchLoopDelay = (clock: Clock, histogram: RecordableHistogram, isMeasured: () => boolean): void => {
  const again = (): void => {
    const due = clock.now() + EVERY_MS;
    clock.after(EVERY_MS, () => {
      if (isMeasured()) recordMs(histogram, Math.max(0, clock.now() - due));
      again();
    });
  };
  again();
};
