import { Histogram, type Registry } from 'prom-client';
import { SECONDS } from './seconds.js';

/** How often the delay of the event loop is measured, in milliseconds: every 5 ms would take 2 % of a slow core. */
const PROBE_MS = 20;

/** Measures how late the event loop is until the returned function is called. A histogram serves any number of readers. */
export const observeEventLoop = (registry: Registry): (() => void) => {
  const delays = new Histogram({
    name: 'earshot_event_loop_delay_seconds',
    help: 'How late the main event loop comes round, asked every 20 ms',
    buckets: SECONDS,
    registers: [registry],
  });
  let due = performance.now() + PROBE_MS;
  const probe = setInterval(() => {
    const now = performance.now();
    delays.observe(Math.max(0, now - due) / 1000);
    due = now + PROBE_MS;
  }, PROBE_MS).unref();
  return () => clearInterval(probe);
};
