import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ModelCard } from '../../server/domain/model-card.js';
import { logPosterior, softmax, verdictOf } from '../../server/domain/posterior.js';

const BACKGROUND = 3;
const LABELS = ['balance', 'freeze', 'pay_bill', 'background', 'abroad', 'app_error'];
const card = {
  labels: LABELS,
  background: new Set([LABELS[BACKGROUND]]),
  outOfScopeThreshold: 0.2,
} as unknown as ModelCard;

const logits = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 20 });
const scoresOfLabels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: LABELS.length, maxLength: LABELS.length });

describe('the posterior', () => {
  it('is the softmax of the logits over the temperature', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.1, max: 5, noNaN: true }), (numbers, temperature) => {
        const exponentials = [...Float32Array.from(numbers)].map((logit) => Math.exp(logit / temperature));
        const sum = exponentials.reduce((total, each) => total + each);
        const posterior = softmax(Float32Array.from(numbers), temperature);
        const logs = logPosterior(Float32Array.from(numbers), temperature);
        for (const [label, each] of exponentials.entries()) {
          assert.ok(Math.abs(posterior[label]! - each / sum) < 1e-12);
          assert.ok(Math.abs(logs[label]! - Math.log(each / sum)) < 1e-9);
        }
      }),
    );
  });

  it('stays finite where exponentials would not', () => {
    assert.deepEqual([...softmax(Float32Array.of(1000, 1000, -1000))], [0.5, 0.5, 0]);
    assert.deepEqual([...logPosterior(Float32Array.of(5000, -5000), 1)], [0, -10_000]);
  });
});

describe('the verdict', () => {
  it('has the best intents, equals in the order of the labels, and none where a background label leads', () => {
    fc.assert(
      fc.property(scoresOfLabels, fc.integer({ min: 1, max: 8 }), (steps, topK) => {
        const posterior = Float64Array.from(steps, (step) => step / 10);
        const all = LABELS.map((label, index) => ({ label, score: posterior[index]! }));
        all.sort((a, b) => b.score - a.score);
        const ranked = all.filter(({ label }) => label !== LABELS[BACKGROUND]);
        const best = ranked[0]!;
        const isInScope = best.score >= 0.2 && best === all[0];
        assert.deepEqual(verdictOf(posterior, card, { topK, threshold: null }), {
          intent: isInScope ? best.label : null,
          outOfScope: !isInScope,
          score: best.score,
          scores: ranked.slice(0, topK),
        });
      }),
    );
  });

  it("takes the stream's own threshold before the card's", () => {
    const posterior = Float64Array.of(0.3, 0.2, 0.2, 0.1, 0.1, 0.1);
    assert.equal(verdictOf(posterior, card, { topK: 1, threshold: 0.31 }).intent, null);
    assert.equal(verdictOf(posterior, card, { topK: 1, threshold: null }).intent, 'balance');
  });
});
