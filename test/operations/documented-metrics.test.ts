import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createMetrics, type Metrics } from '../../server/operations/metrics.js';
import { namesIn } from './promql.js';

const docs = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url)), 'utf8');

/** What Prometheus itself adds to every series, and `up`, which it makes. */
const OWN_LABELS = ['instance', 'job'];
const OWN_METRICS = ['up'];

interface Metric {
  readonly type: string;
  readonly labels: readonly string[];
}

/** Metrics in which everything has happened once, so that every label has a value. */
const exercised = (): Metrics => {
  const metrics = createMetrics();
  const { sessions, inference } = metrics;
  sessions.turnedAway('ws-json', 'draining');
  sessions.sessionOpened('ws-json');
  sessions.sessionEnded('ws-json', 'done');
  sessions.announced({ kind: 'gap' } as never);
  inference.batchRan({ model: 'm', rows: 1, capacity: 1, inferMs: 1 });
  inference.frameSettled({ model: 'm', kind: 'classified', queueMs: 1, lagMs: null });
  metrics.reloaded('loaded');
  const nothing = () => 0;
  const models = () => [{ name: 'm', version: '1', provider: 'cpu' }];
  const [sessionsNow, lostSessions, queueDepth, workers, healthyWorkers, retiring] =
    Array<() => number>(6).fill(nothing);
  metrics.watch({
    sessions: sessionsNow!,
    lostSessions: lostSessions!,
    queueDepth: queueDepth!,
    workers: workers!,
    healthyWorkers: healthyWorkers!,
    retiring: retiring!,
    models,
  });
  return metrics;
};

/** The metrics in the text of `/metrics`, by name; that of a histogram is without `_bucket`, `_sum` and `_count`. */
const saidIn = (text: string): Map<string, Metric> => {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]));
  return new Map(
    [...types].map(([name, type]) => {
      const series = [...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'gm'))];
      const labels = series.flatMap(([, inside]) => [...inside!.matchAll(/(\w+)="/g)].map(([, label]) => label!));
      return [name, { type, labels: [...new Set(labels)].filter((label) => label !== 'le').sort() }];
    }),
  );
};

/** The metrics in docs/metrics.md, by name. */
const documented = (): Map<string, Metric> =>
  new Map(
    [...docs('metrics.md').matchAll(/^\| `(\w+)` +\| (\w+) +\| ([^|]*)\|/gm)].map(([, name, type, labels]) => [
      name!,
      { type: type!, labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!).sort() },
    ]),
  );

/** Why an expression would show nothing; null where it may show something. */
const problemOf = (expression: string, metrics: ReadonlyMap<string, Metric>): string | null => {
  const { metrics: names, labels } = namesIn(expression.replaceAll('$__rate_interval', '5m'));
  const allowed = new Set(OWN_LABELS);
  for (const name of names.filter((each) => !OWN_METRICS.includes(each))) {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    const isHistogram = metrics.get(base)?.type === 'histogram';
    const metric = isHistogram === (base !== name) ? metrics.get(isHistogram ? base : name) : undefined;
    if (!metric) return `there is no metric ${name}`;
    for (const label of metric.labels) allowed.add(label);
    if (name.endsWith('_bucket')) allowed.add('le');
  }
  const unknown = labels.find((label) => !allowed.has(label));
  return unknown === undefined ? null : `${names.join(', ')} has no label ${unknown}`;
};

describe('The metrics', () => {
  let metrics: Map<string, Metric>;
  before(async () => (metrics = saidIn(await exercised().text())));

  it('are documented one by one, with type and labels, and no others are', () => {
    assert.ok(metrics.size > 20);
    assert.deepEqual(Object.fromEntries([...documented()].sort()), Object.fromEntries([...metrics].sort()));
  });

  const { groups } = parse(docs('prometheus-alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }[];
  };
  for (const { alert, expr, labels, annotations } of groups.flatMap(({ rules }) => rules))
    it(`include all that the alert ${alert} asks for`, () => {
      assert.equal(problemOf(expr, metrics), null);
      assert.deepEqual([Object.keys(labels), Object.keys(annotations)], [['severity'], ['summary', 'description']]);
    });

  interface Panel {
    readonly title: string;
    readonly description: string;
    readonly targets: readonly { readonly expr: string }[];
  }
  const { panels } = JSON.parse(docs('grafana-dashboard.json')) as { panels: readonly Panel[] };
  for (const { title, description, targets } of panels)
    it(`include all that the panel ${title} shows`, () => {
      assert.ok(description.length > 0 && targets.length > 0);
      for (const { expr } of targets) {
        assert.equal(problemOf(expr, metrics), null);
        // A fixed range would be empty where servers are scraped less often.
        assert.doesNotMatch(expr, /\[\d/);
      }
    });

  it('are each on the dashboard', () => {
    const shown = new Set(
      panels
        .flatMap(({ targets }) => targets)
        .flatMap(({ expr }) => namesIn(expr.replaceAll('$__rate_interval', '5m')).metrics),
    );
    const missing = [...metrics].filter(
      ([name, { type }]) => !shown.has(type === 'histogram' ? `${name}_bucket` : name) && !shown.has(`${name}_sum`),
    );
    assert.deepEqual(
      missing.map(([name]) => name),
      ['earshot_sessions_opened_total'],
    );
  });

  const WRONG: Readonly<Record<string, string>> = {
    earshot_streams: 'there is no metric earshot_streams',
    'rate(earshot_latency_seconds[5m])': 'there is no metric earshot_latency_seconds',
    'rate(earshot_sessions_count[5m])': 'there is no metric earshot_sessions_count',
    'sum by (model) (earshot_sessions)': 'earshot_sessions has no label model',
    'earshot_frames_total{result="shed"}': 'earshot_frames_total has no label result',
  };
  for (const [expression, problem] of Object.entries(WRONG))
    it(`do not include what ${expression} asks for`, () => assert.equal(problemOf(expression, metrics), problem));

  it('are asked for in PromQL, and anything else is an error', () => {
    for (const expression of ['rate(earshot_sessions[5m]', 'earshot_sessions >', 'sum by earshot_sessions'])
      assert.throws(() => namesIn(expression), /not PromQL/);
  });
});
