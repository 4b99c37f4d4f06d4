import type { GraphPlan } from './worker-protocol.js';

/** An input or output as a graph declares it. A dimension is a number, or a name where its size may vary. */
export interface GraphValue {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** One sentence for each difference between what a graph declares and what its card says; empty when they agree. */
export const graphProblems = (
  plan: GraphPlan,
  inputs: readonly GraphValue[],
  outputs: readonly GraphValue[],
): string[] => {
  const state = plan.stateShape ?? [];
  const expectedInputs = [expected('pcm', plan.inputs.pcm, [16_000]), expected('state', plan.inputs.state, state)];
  const expectedOutputs = [
    expected('logits', plan.outputs.logits, [plan.labels], `: config.json has ${plan.labels} labels`),
    expected('next_state', plan.outputs.nextState, state),
    expected('speech', plan.outputs.speech, ['n']),
  ];
  return [
    ...valueProblems('input', inputs, expectedInputs.flat()),
    ...valueProblems('output', outputs, expectedOutputs.flat()),
  ];
};

/** An expected input or output: its key in `earshot.json`, its name, and its dimensions after the batch dimension. */
interface Expected {
  readonly key: string;
  readonly name: string;
  readonly row: readonly (number | string)[];
  /** Why it has these dimensions; empty where `earshot.json` says so. */
  readonly why: string;
}

const expected = (key: string, name: string | null, row: Expected['row'], why = ''): Expected[] =>
  name === null ? [] : [{ key, name, row, why }];

const valueProblems = (
  side: 'input' | 'output',
  declared: readonly GraphValue[],
  wanted: readonly Expected[],
): string[] => {
  const names = declared.map(({ name }) => name).join(', ');
  const strangers = declared.filter(({ name }) => wanted.every((value) => value.name !== name));
  return [
    ...wanted.flatMap((value) => {
      const found = declared.find(({ name }) => name === value.name);
      if (!found) return [`${side}s.${value.key} is ${value.name}, but the graph's ${side}s are ${names}`];
      return tensorProblems(`${side} ${value.name}`, found, value);
    }),
    ...strangers.map(({ name }) => `the graph has an ${side} ${name} that earshot.json does not name`),
  ];
};

const tensorProblems = (what: string, found: GraphValue, { row, why }: Expected): string[] => {
  const shape = found.shape ?? [];
  const declared = `${found.type ?? 'no tensor'}[${shape.join(', ')}]`;
  const wanted = `float32[batch, ${row.join(', ')}]`;
  const fits =
    found.type === 'float32' &&
    shape.length === row.length + 1 &&
    typeof shape[0] === 'string' &&
    row.every((size, axis) => fitsDimension(shape[axis + 1], size));
  return fits ? [] : [`${what} is ${declared}, must be ${wanted}, the batch of any size${why}`];
};

/** Exporters leave open some sizes that the graph computes; the warm-up run checks those. */
const fitsDimension = (declared: number | string | undefined, wanted: number | string): boolean =>
  typeof declared === 'string' || typeof wanted === 'string' || declared === wanted;
