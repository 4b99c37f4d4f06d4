import assert from 'node:assert/strict';
import type { Intent } from '../../proto/server-messages.js';
import { barsOf, liveView } from '../../server/cli/stream-view.js';

const tentative = (score: number, channel = 0): Intent => ({
  type: 'intent',
  channel,
  utterance: 0,
  status: 'tentative',
  start_ms: 500,
  end_ms: 2000,
  intent: 'balance',
  out_of_scope: false,
  score,
  scores: [
    { label: 'balance', score },
    { label: 'freeze', score: 1 - score },
  ],
  latency_ms: { queue: 0, infer: 0, total: 0 },
});

describe('The live view', () => {
  it('draws a bar as long as its intent is probable', () => {
    const [heading, first] = barsOf(tentative(0.5), 200);
    assert.match(heading!, /ch0 {2}2\.0 s {2}balance/);
    assert.equal(first!.match(/█/g)?.length, 25);
    assert.match(first!, / 50%$/);
  });

  it('is never wider than its terminal', () => {
    for (const columns of [1, 20, 40, 80, 300])
      assert.ok(
        barsOf(tentative(1), columns).every((line) => line.length < Math.max(2, columns)),
        `${columns} columns`,
      );
  });

  it('draws in place: what it drew before is erased first', () => {
    const written: string[] = [];
    const view = liveView({ columns: 80, write: (text: string) => written.push(text) });
    view.show({ ...tentative(0.5), seq: 2 });
    view.show({ ...tentative(0.6), seq: 3 });
    assert.ok(!written[0]!.includes('\x1b[3A') && written[1]!.startsWith('\x1b[3A\x1b[0J'));
  });

  it('lets a final scroll above the bars of the other channel', () => {
    const written: string[] = [];
    const view = liveView({ columns: 80, write: (text: string) => written.push(text) });
    view.show({ ...tentative(0.5, 1), seq: 2 });
    view.show({ ...tentative(0.9), status: 'final', seq: 3 });
    const lines = written[1]!.split('\n');
    assert.match(lines[0]!, /FINAL {6}balance 0\.90/);
    assert.match(lines[1]!, /^ch1/);
  });
});
