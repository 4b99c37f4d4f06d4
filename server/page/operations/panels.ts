import { find, make } from '../shared/dom.js';
import { millis, percent } from '../shared/words.js';
import { LATENCIES, type History, type LatencyName } from './history.js';
import type { Scrape } from './prometheus.js';

/** Shows a figure and, in smaller type, an explanation. */
export function tile(id: string, value: string, more = '', isAlarm = false): void {
  const element = find(id, HTMLElement);
  element.replaceChildren(value, make('small', '', more));
  element.classList.toggle('alarm', isAlarm);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Shows the row of figures. */
export function showTiles(scrape: Scrape, history: History): void {
  const lost = scrape.sum('earshot_sessions_lost');
  const opened = whole(scrape.sum('earshot_sessions_opened_total'));
  tile(
    'sessions',
    whole(scrape.sum('earshot_sessions')),
    `${opened} so far${lost > 0 ? `, ${lost} awaited back` : ''}`,
  );
  const audio = history.rate('earshot_audio_seconds_total');
  tile('frames', history.rate('earshot_frames_total').toFixed(1), `${audio.toFixed(1)} s of audio a second`);
  const waiting = scrape.sum('earshot_queue_frames');
  tile('queued', whole(waiting), 'waiting for a worker now', waiting > 100);
  const { healthy, workers, restarts } = workersOf(scrape);
  tile(
    'workers',
    `${healthy} of ${workers}`,
    restarts === 0 ? 'none was restarted' : `${restarts} restarts`,
    healthy < workers,
  );
  const loop = history.percentiles('earshot_event_loop_delay_seconds').p99 ?? 0;
  tile('loop', millis(loop), 'p99 of the event loop', loop > 100);
  const cores = history.rate('earshot_cpu_seconds');
  tile('process', megabytes(scrape.sum('earshot_resident_memory_bytes')), `${cores.toFixed(2)} cores busy`);
}

const workersOf = (scrape: Scrape): { healthy: number; workers: number; restarts: number } => ({
  healthy: scrape.sum('earshot_workers_healthy'),
  workers: scrape.sum('earshot_workers'),
  restarts: scrape.sum('earshot_worker_restarts_total'),
});

const LATENCY_TITLES: Readonly<Record<LatencyName, string>> = {
  queue: 'waiting for a worker',
  inference: 'micro-batch in the model',
  total: 'last sample to event',
};

/** Shows the table of percentiles over the last seconds. */
export function showLatencies(history: History): void {
  const rows = (Object.keys(LATENCIES) as LatencyName[]).map((name) => {
    const { p50, p95, p99 } = history.percentiles(LATENCIES[name]);
    const cells = [p50, p95, p99].map((value) => make('td', '', value === null ? '–' : millis(value)));
    const title = make('th', '', LATENCY_TITLES[name]);
    title.scope = 'row';
    return make('tr', '', title, ...cells);
  });
  find('latencies', HTMLElement).replaceChildren(...rows);
}

/** Shows the bars of micro-batches by size. */
export function showBatches(history: History): void {
  const batches = history.batches().filter(({ le }) => le !== Infinity);
  const total = batches.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...batches.map(({ count }) => count));
  const rows = batches.map(({ le, count }, index) => {
    const from = (batches[index - 1]?.le ?? 0) + 1;
    const bar = make('span', 'bar');
    bar.style.width = `${(100 * count) / most}%`;
    const share = total === 0 ? '–' : percent(count / total);
    return make(
      'li',
      '',
      make('span', 'label', from === le ? `${le}` : `${from}–${le}`),
      make('span', 'rail', bar),
      make('span', 'share', share),
    );
  });
  find('batches', HTMLElement).replaceChildren(...rows);
}

/** Shows the counts: outcomes of frames, ends of streams, tentative intents left out. */
export function showCounts(scrape: Scrape): void {
  const outcomes = scrape.by('earshot_frames_total', 'outcome');
  const ends = scrape.by('earshot_sessions_ended_total', 'how');
  const slow = new Map([
    ['tentative intents left out for slow readers', scrape.sum('earshot_tentative_left_out_total')],
  ]);
  const rows = [
    ...[...outcomes].map(([outcome, count]) =>
      countRow(`frames ${outcome}`, count, outcome !== 'classified' && count > 0),
    ),
    countRow('frames of silence, not classified', scrape.sum('earshot_silent_frames_total'), false),
    ...[...ends].map(([how, count]) => countRow(`streams ended: ${how.replaceAll('_', ' ')}`, count, false)),
    ...[...slow].map(([what, count]) => countRow(what, count, count > 0)),
  ];
  find('counts', HTMLElement).replaceChildren(...rows);
}

function countRow(what: string, count: number, isAlarm: boolean): HTMLElement {
  return make('li', '', make('span', '', what), make('span', isAlarm ? 'share alarm' : 'share', whole(count)));
}

/** Shows the served models, and the provider on which each runs. */
export function showModels(scrape: Scrape): void {
  const rows = scrape.labelled('earshot_model_info').map(({ model = '', version = '', provider = '' }) => {
    const frames = scrape.sum('earshot_frames_total', { model });
    return make(
      'tr',
      '',
      make('td', '', make('strong', '', model)),
      make('td', '', version),
      make('td', '', provider),
      make('td', '', whole(frames)),
    );
  });
  find('models', HTMLElement).replaceChildren(...rows);
}
