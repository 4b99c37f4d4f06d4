import type { ModelCard } from '../../server/domain/model-card.js';
import { milliseconds } from '../../server/domain/units.js';

/** A stateless model card; `change` overrides fields. */
export const statelessCard = (change: Partial<ModelCard> = {}): ModelCard => ({
  name: 'scripted',
  version: '1.0.0',
  description: 'A card without a graph',
  labels: ['balance', 'freeze', 'background'],
  background: new Set(['background']),
  hop: { default: milliseconds(500), min: milliseconds(100), max: milliseconds(1000) },
  inputs: { pcm: 'pcm', state: null },
  outputs: { logits: 'logits', nextState: null, speech: null },
  stateShape: null,
  outOfScopeThreshold: 0.5,
  temperature: 1,
  smoothing: { weight: 1, decay: 1 },
  variants: [],
  golden: [],
  ...change,
});

/** A stateful model card with two numbers of state and a hop of 500 ms. */
export const statefulCard = (change: Partial<ModelCard> = {}): ModelCard =>
  statelessCard({
    hop: { default: milliseconds(500), min: milliseconds(500), max: milliseconds(500) },
    inputs: { pcm: 'pcm', state: 'state' },
    outputs: { logits: 'logits', nextState: 'next_state', speech: null },
    stateShape: [2],
    smoothing: null,
    ...change,
  });
