import type { ModelCard } from '../domain/model-card.js';
import { milliseconds } from '../domain/units.js';
import type { Earshot } from './earshot-schema.js';

/**
 * Contradictions between keys that are each valid by themselves: one sentence per contradiction, naming its key and value;
 * empty for a consistent contract.
 */
export const contradictionsIn = (earshot: Earshot, labels: readonly string[]): string[] => [
  ...stateProblems(earshot),
  ...hopProblems(earshot),
  ...labelProblems(earshot, labels),
];

/** The model card of a contract, which must be consistent. */
export const modelCardOf = (earshot: Earshot, labels: readonly string[]): ModelCard => ({
  name: earshot.name,
  version: earshot.version,
  description: earshot.description,
  labels,
  background: new Set(earshot.background),
  hop: {
    default: milliseconds(earshot.hop_ms.default),
    min: milliseconds(earshot.hop_ms.min),
    max: milliseconds(earshot.hop_ms.max),
  },
  inputs: earshot.inputs,
  outputs: {
    logits: earshot.outputs.logits,
    nextState: earshot.outputs.next_state,
    speech: earshot.outputs.speech,
  },
  stateShape: earshot.state?.shape ?? null,
  outOfScopeThreshold: earshot.out_of_scope.threshold,
  temperature: earshot.temperature,
  smoothing: earshot.smoothing,
  variants: earshot.variants.map(({ data = null, tolerance = null, ...variant }) => ({ ...variant, data, tolerance })),
  golden: earshot.golden,
});

/** Most numbers in one state, because each channel of an open stream holds one. Real models have a few thousand. */
const MAX_STATE_NUMBERS = 1_000_000;

const stateProblems = ({ state, inputs, outputs, smoothing }: Earshot): string[] => {
  const keys = { state, 'inputs.state': inputs.state, 'outputs.next_state': outputs.next_state };
  const absent = Object.entries(keys).flatMap(([key, value]) => (value === null ? [key] : []));
  const problems: string[] = [];
  if (absent.length === 1 || absent.length === 2) {
    problems.push(
      `${absent.join(' and ')} null while the others are not: a stateful graph has all of state, inputs.state and ` +
        'outputs.next_state, a stateless one none',
    );
  }
  const numbers = state?.shape.reduce((product, size) => product * size, 1) ?? 0;
  if (numbers > MAX_STATE_NUMBERS) {
    problems.push(`state.shape: ${state?.shape.join(' × ')} are ${numbers} numbers, of ${MAX_STATE_NUMBERS} at most`);
  }
  if (state !== null && smoothing !== null) {
    problems.push('smoothing: must be null for a stateful graph, which adds up its own evidence');
  }
  return problems;
};

const hopProblems = ({ hop_ms: hop, state }: Earshot): string[] => {
  const found = `min ${hop.min}, default ${hop.default}, max ${hop.max}`;
  if (state !== null && (hop.min !== hop.default || hop.max !== hop.default)) {
    return [`hop_ms: ${found}: a stateful graph has exactly the hop it was trained with, so all three are equal`];
  }
  return hop.min <= hop.default && hop.default <= hop.max ? [] : [`hop_ms: ${found} are not in this order`];
};

const labelProblems = ({ background }: Earshot, labels: readonly string[]): string[] => {
  const unknown = background.filter((label) => !labels.includes(label));
  const problems = unknown.map(
    (label) => `background: ${JSON.stringify(label)} is no label of config.json, which has ${labels.join(', ')}`,
  );
  if (labels.every((label) => background.includes(label))) {
    problems.push('background: holds every label, so that no intent is left to announce');
  }
  return problems;
};
