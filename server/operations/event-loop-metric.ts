import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** How often the event loop is asked to come round, in milliseconds; the monitor's figures contain this wait. */
const LOOP_PROBE_MS = 5;

/** Registers how late the main thread is. */
export const observeEventLoop = (registry: Registry): void => {
  const delay = monitorEventLoopDelay({ resolution: LOOP_PROBE_MS });
  delay.enable();
  new Gauge({
    name: 'earshot_event_loop_delay_seconds',
    help: 'Delay of the main event loop since the last scrape',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const [quantile, percentile] of [
        ['0.5', 50],
        ['0.99', 99],
      ] as const)
        this.set({ quantile }, Math.max(0, delay.percentile(percentile) / 1e6 - LOOP_PROBE_MS) / 1000);
      delay.reset();
    },
  });
};
