import assert from 'node:assert/strict';
import { createBelief } from '../../server/pipeline/belief.js';
import { statefulCard, statelessCard } from '../support/cards.js';
import { classified } from '../support/outcomes.js';

const near = (actual: Float64Array | null, expected: readonly number[]) =>
  assert.ok(
    actual?.every((value, index) => Math.abs(value - expected[index]!) < 1e-6),
    `${String(actual)} is not ${String(expected)}`,
  );

/** Logits whose softmax at temperature 1 is `probabilities`. */
const logits = (...probabilities: readonly number[]) => classified(probabilities.map(Math.log));

describe('The belief of a stateless model', () => {
  it('is empty before the first frame', () => assert.equal(createBelief(statelessCard()).posterior, null));

  it('is the softmax of one frame that was all new', () => {
    const belief = createBelief(statelessCard());
    belief.update(logits(0.7, 0.2, 0.1), 1);
    near(belief.posterior, [0.7, 0.2, 0.1]);
  });

  it('multiplies what independent frames say', () => {
    const belief = createBelief(statelessCard());
    belief.update(logits(0.5, 0.25, 0.25), 1);
    belief.update(logits(0.5, 0.25, 0.25), 1);
    near(belief.posterior, [4 / 6, 1 / 6, 1 / 6]);
  });

  it('weighs a frame by the part of it that was new', () => {
    const belief = createBelief(statelessCard());
    belief.update(logits(0.8, 0.1, 0.1), 0.5);
    const sum = Math.sqrt(0.8) + 2 * Math.sqrt(0.1);
    near(belief.posterior, [Math.sqrt(0.8) / sum, Math.sqrt(0.1) / sum, Math.sqrt(0.1) / sum]);
  });

  it('divides logits by the temperature of the card', () => {
    const belief = createBelief(statelessCard({ temperature: 2 }));
    belief.update(classified([Math.log(0.64), Math.log(0.16), Math.log(0.16)]), 1);
    near(belief.posterior, [0.5, 0.25, 0.25]);
  });

  it('forgets earlier frames as the card says', () => {
    const belief = createBelief(statelessCard({ smoothing: { weight: 1, decay: 1e-12 } }));
    belief.update(logits(0.98, 0.01, 0.01), 1);
    belief.update(logits(0.2, 0.5, 0.3), 1);
    near(belief.posterior, [0.2, 0.5, 0.3]);
  });

  it('stays finite over an hour of certain frames', () => {
    const belief = createBelief(statelessCard());
    for (let frame = 0; frame < 7200; frame++) belief.update(classified([60, -60, 0]), 0.5);
    near(belief.posterior, [1, 0, 0]);
  });
});

describe('The belief of a stateful model', () => {
  it('starts from a state of zeros and carries what the graph returns', () => {
    const belief = createBelief(statefulCard());
    assert.deepEqual(belief.state, new Float32Array(2));
    const nextState = Float32Array.of(3, 4);
    belief.update(classified([0, 0, 0], { nextState }), 0.5);
    assert.equal(belief.state, nextState);
  });

  it('is what the graph last said, not a sum', () => {
    const belief = createBelief(statefulCard());
    belief.update(logits(0.9, 0.05, 0.05), 1);
    belief.update(logits(0.2, 0.5, 0.3), 0.5);
    near(belief.posterior, [0.2, 0.5, 0.3]);
  });

  it('starts every utterance from zeros', () => {
    const belief = createBelief(statefulCard());
    belief.update(classified([0, 0, 0], { nextState: Float32Array.of(3, 4) }), 1);
    belief.reset();
    assert.deepEqual(
      { state: belief.state, posterior: belief.posterior },
      { state: new Float32Array(2), posterior: null },
    );
  });
});
