import type { RecordableHistogram } from 'node:perf_hooks';
import type { Clock } from '../../server/domain/clock.js';
import { recordMs } from './histogram.js';

const EVERY_MS = 5;

/** Records by how much an event loop is later than asked, whenever `isMeasured` says so. */
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
