import { Histogram, type Registry } from 'prom-client';
import { SECONDS } from './seconds.js';

/** How often the event loop is asked to come round, in milliseconds: every 5 would take 2 % of a slow core. */
const PROBE_MS = 20;

/** Registers how late the main thread is, until what it gives is called. A histogram, so that every reader sees all of it, however many there are. */
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
