import assert from 'node:assert/strict';
import type { Variant } from '../../server/domain/model-card.js';
import { precisionsOf } from '../../server/inference/worker-plan.js';
import { statelessCard } from '../support/cards.js';

const variant = (precision: Variant['precision'], ...providers: Variant['providers'][number][]): Variant => ({
  file: `${precision}.onnx`,
  sha256: '',
  data: null,
  precision,
  providers,
  tolerance: null,
});

describe('The precisions to choose from', () => {
  const card = { ...statelessCard(), variants: [variant('fp32', 'cpu', 'cuda'), variant('int8', 'cpu')] };

  it('are those that the model has for the provider, the first of its package first', () => {
    assert.deepEqual(precisionsOf(card, { provider: 'cpu', precision: 'auto' }), ['fp32', 'int8']);
    assert.deepEqual(precisionsOf(card, { provider: 'cuda', precision: 'auto' }), ['fp32']);
  });

  it('are only the one that is asked for, or none when the model does not have it', () => {
    assert.deepEqual(precisionsOf(card, { provider: 'cpu', precision: 'int8' }), ['int8']);
    assert.deepEqual(precisionsOf(card, { provider: 'cuda', precision: 'int8' }), []);
  });
});
