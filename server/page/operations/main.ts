import { ANSWER_WITHIN_MS, askServer } from '../shared/ask-server.js';
import { find, whenSchemeChanges } from '../shared/dom.js';
import { Chart } from './chart.js';
import { History, LATENCIES } from './history.js';
import { showBatches, showCounts, showLatencies, showModels, showTiles } from './panels.js';
import { Scrape } from './prometheus.js';

const EVERY_MS = 2_000;

const history = new History();
const frames = new Chart(find('frames-chart', HTMLElement), [{ label: 'frames', colour: '--hue-0' }], '/s');
const sessions = new Chart(find('sessions-chart', HTMLElement), [{ label: 'streams', colour: '--hue-2' }], '');
const latency = new Chart(
  find('latency-chart', HTMLElement),
  [
    { label: 'p50', colour: '--hue-0' },
    { label: 'p95', colour: '--hue-4' },
    { label: 'p99', colour: '--hue-1' },
  ],
  'ms',
);

/** Whether the server takes streams, and the reason that it gives if not. */
async function readiness(): Promise<{ isReady: boolean; reason: string }> {
  const answer = await fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const { reason = '' } = (await answer.json()) as { reason?: string };
  return { isReady: answer.ok, reason };
}

function tell(message: string, isAlarm: boolean): void {
  const state = find('state', HTMLElement);
  // Setting the same text again could make screen readers repeat it.
  if (state.textContent !== message) state.textContent = message;
  state.classList.toggle('alarm', isAlarm);
}

async function look(): Promise<void> {
  try {
    const [ready, metrics] = await Promise.all([readiness(), askServer('/metrics')]);
    if (!metrics.ok) throw new Error(`/metrics was answered with ${metrics.status}`);
    show(new Scrape(await metrics.text(), performance.now() / 1000));
    tell(ready.isReady ? 'Ready: streams are taken.' : `Not ready: ${ready.reason}.`, !ready.isReady);
  } catch {
    tell('The server does not answer; the figures are what it said last.', true);
  }
}

function show(scrape: Scrape): void {
  history.add(scrape);
  showTiles(scrape, history);
  showLatencies(history);
  showBatches(history);
  showCounts(scrape);
  showModels(scrape);
  const { p50, p95, p99 } = history.percentiles(LATENCIES.total);
  frames.add(scrape.at, [history.rate('earshot_frames_total')]);
  sessions.add(scrape.at, [scrape.sum('earshot_sessions')]);
  latency.add(scrape.at, [p50, p95, p99]);
}

async function watch(): Promise<void> {
  // A hidden page does not ask the server.
  if (!document.hidden) await look();
  setTimeout(() => void watch(), EVERY_MS);
}

whenSchemeChanges(() => [frames, sessions, latency].forEach((chart) => chart.redraw()));
await watch();
