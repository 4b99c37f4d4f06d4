import assert from 'node:assert/strict';
import type { IntentEvent } from '../../server/domain/stream-event.js';
import { milliseconds } from '../../server/domain/units.js';
import { createMetrics } from '../../server/operations/metrics.js';
import { eventually } from '../support/key-files.js';

const nothing = () => 0;
const GAUGED = {
  sessions: nothing,
  lostSessions: nothing,
  queueDepth: nothing,
  workers: nothing,
  healthyWorkers: nothing,
  retiring: nothing,
  models: () => [{ name: 'banking', version: '1', provider: 'cpu' }],
};

const intent = (isAhead: boolean): IntentEvent => ({
  kind: 'intent',
  channel: 0,
  utterance: 0,
  status: 'tentative',
  start: milliseconds(0),
  end: milliseconds(500),
  intent: null,
  outOfScope: true,
  score: 0,
  scores: [],
  latency: { queue: 1, infer: 1, total: 900, isAhead },
});

describe('The text of the metrics', () => {
  it('has every counter of an alert from the start, so that the first event is an increase', async () => {
    const metrics = createMetrics();
    metrics.watch(GAUGED);
    const text = await metrics.text();
    for (const transport of ['ws-json', 'ws-proto', 'grpc'])
      for (const how of ['internal', 'overloaded'])
        assert.ok(text.includes(`earshot_sessions_ended_total{transport="${transport}",how="${how}"} 0\n`), how);
    for (const transport of ['http', 'grpc'])
      assert.ok(text.includes(`earshot_callers_turned_away_total{transport="${transport}",code="internal"} 0\n`));
    for (const outcome of ['shed', 'failed'])
      assert.ok(text.includes(`earshot_frames_total{model="banking",outcome="${outcome}"} 0\n`), outcome);
  });

  it('has the frame counters of a new model from the reload that brings it', async () => {
    const metrics = createMetrics();
    const models = [...GAUGED.models()];
    metrics.watch({ ...GAUGED, models: () => models });
    models.push({ name: 'barista', version: '1', provider: 'cpu' });
    metrics.reloaded('loaded');
    const text = await metrics.text();
    for (const outcome of ['classified', 'shed', 'failed'])
      assert.ok(text.includes(`earshot_frames_total{model="barista",outcome="${outcome}"} 0\n`), outcome);
  });

  it('reports a delay of the event loop to every reader', async () => {
    const metrics = createMetrics();
    const late = async (): Promise<number> => {
      const text = await metrics.text();
      const [all, upTo50] = ['count', 'bucket{le="0.05"}'].map((series) =>
        Number(new RegExp(`^earshot_event_loop_delay_seconds_${series} (\\d+)$`, 'm').exec(text)?.[1]),
      );
      return all! - upTo50!;
    };
    for (const end = performance.now() + 100; performance.now() < end;);
    await eventually(async () => (await late()) > 0);
    assert.ok((await late()) > 0);
    metrics.close();
  });

  it('leaves audio that is sent faster than speech out of the latency', async () => {
    const metrics = createMetrics();
    for (const isAhead of [true, false, true]) metrics.sessions.announced(intent(isAhead));
    const text = await metrics.text();
    assert.ok(text.includes('earshot_latency_seconds_count 1\n'));
    assert.ok(text.includes('earshot_events_total{kind="tentative"} 3\n'));
  });
});
