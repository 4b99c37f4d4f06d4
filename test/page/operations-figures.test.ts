import assert from 'node:assert/strict';
import { each, quantile, since } from '../../server/page/operations/histogram.js';
import { History } from '../../server/page/operations/history.js';
import { Scrape } from '../../server/page/operations/prometheus.js';

const TEXT = `# HELP earshot_frames_total Frames by outcome
# TYPE earshot_frames_total counter
earshot_frames_total{model="a \\"quoted\\" name",outcome="classified"} 40
earshot_frames_total{model="b",outcome="classified"} 2
earshot_frames_total{model="b",outcome="shed"} 3
earshot_sessions 7
earshot_latency_seconds_bucket{le="+Inf"} 10
earshot_latency_seconds_bucket{le="0.005"} 2
earshot_latency_seconds_bucket{le="0.01"} 6
`;

const cpu = (seconds: number, frames: number, startedAt = 1_000): string =>
  `earshot_start_time_seconds ${startedAt}\nearshot_cpu_seconds ${seconds}\nearshot_frames_total{model="a",outcome="classified"} ${frames}\n`;

describe("The operators' figures", () => {
  it('read sums, labels and buckets from Prometheus text', () => {
    const scrape = new Scrape(TEXT, 0);
    assert.equal(scrape.sum('earshot_sessions'), 7);
    assert.equal(scrape.sum('earshot_frames_total', { outcome: 'classified' }), 42);
    assert.equal(scrape.sum('earshot_nothing'), 0);
    assert.deepEqual(
      [...scrape.by('earshot_frames_total', 'outcome')],
      [
        ['classified', 42],
        ['shed', 3],
      ],
    );
    assert.equal(scrape.labelled('earshot_frames_total')[0]!.model, 'a "quoted" name');
    assert.deepEqual(
      scrape.buckets('earshot_latency_seconds').map(({ le }) => le),
      [0.005, 0.01, Infinity],
    );
  });

  // What PromQL's histogram_quantile gives for these buckets.
  for (const [share, expected] of [
    [0.1, 0.0025],
    [0.2, 0.005],
    [0.4, 0.0075],
    [0.6, 0.01],
    [0.99, 0.01],
  ] as const)
    it(`estimate the quantile ${share} as Prometheus does`, () =>
      assert.ok(Math.abs(quantile(new Scrape(TEXT, 0).buckets('earshot_latency_seconds'), share)! - expected) < 1e-12));

  it('have no quantile of no values', () => {
    assert.equal(quantile([], 0.5), null);
    const buckets = new Scrape(TEXT, 0).buckets('earshot_latency_seconds');
    assert.equal(quantile(since(buckets, buckets), 0.5), null);
  });

  it('count each bucket alone', () =>
    assert.deepEqual(
      each(new Scrape(TEXT, 0).buckets('earshot_latency_seconds')).map(({ count }) => count),
      [2, 4, 4],
    ));

  it('are rates over time', () => {
    const history = new History();
    history.add(new Scrape(cpu(1, 100), 10));
    assert.equal(history.rate('earshot_frames_total'), 0);
    history.add(new Scrape(cpu(2, 150), 15));
    assert.equal(history.rate('earshot_frames_total'), 10);
  });

  it('forget what a server counted before it was restarted', () => {
    const history = new History();
    history.add(new Scrape(cpu(60, 5_000), 10));
    history.add(new Scrape(cpu(1, 0, 2_000), 12));
    history.add(new Scrape(cpu(2, 20, 2_000), 14));
    assert.equal(history.rate('earshot_frames_total'), 10);
  });

  it('forget it, too, where the restarted server has used more CPU time than the one before', () => {
    const history = new History();
    history.add(new Scrape(cpu(5, 5_000), 10));
    history.add(new Scrape(cpu(60, 400, 2_000), 70));
    history.add(new Scrape(cpu(61, 420, 2_000), 72));
    assert.equal(history.rate('earshot_frames_total'), 10);
  });
});
