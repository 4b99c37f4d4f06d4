import assert from 'node:assert/strict';
import { graphProblems, type GraphValue } from '../../server/inference/graph-check.js';
import type { GraphPlan } from '../../server/inference/worker-protocol.js';

const PLAN: GraphPlan = {
  model: 'stateful',
  path: 'model.onnx',
  files: [],
  inputs: { pcm: 'pcm', state: 'state' },
  outputs: { logits: 'logits', nextState: 'next_state', speech: 'speech' },
  labels: 4,
  stateShape: [3, 2],
};

const tensor = (name: string, shape: (number | string)[], type = 'float32'): GraphValue => ({
  name,
  isTensor: true,
  type,
  shape,
});

const PCM = tensor('pcm', ['batch', 16_000]);
const STATE = tensor('state', ['batch', 3, 2]);
const LOGITS = tensor('logits', ['batch', 4]);
const NEXT_STATE = tensor('next_state', ['batch', 3, 2]);
const SPEECH = tensor('speech', ['batch', 5]);
const OUTPUTS = [LOGITS, NEXT_STATE, SPEECH];

describe('A graph and its card', () => {
  it('agree', () => assert.deepEqual(graphProblems(PLAN, [PCM, STATE], OUTPUTS), []));

  it('agree when the graph leaves sizes open', () => {
    const open = [tensor('logits', ['batch', '']), tensor('next_state', ['batch', 'a', 'b']), SPEECH];
    assert.deepEqual(graphProblems(PLAN, [PCM, STATE], open), []);
  });

  const CASES: readonly (readonly [string, readonly GraphValue[], readonly GraphValue[], string])[] = [
    [
      'another name of an input',
      [tensor('audio', ['batch', 16_000]), STATE],
      OUTPUTS,
      "inputs.pcm is pcm, but the graph's inputs are audio, state",
    ],
    [
      'a fixed batch',
      [tensor('pcm', [1, 16_000]), STATE],
      OUTPUTS,
      'input pcm is float32[1, 16000], must be float32[batch, 16000], the batch of any size',
    ],
    [
      'another length of frame',
      [tensor('pcm', ['batch', 8000]), STATE],
      OUTPUTS,
      'input pcm is float32[batch, 8000], must be float32[batch, 16000], the batch of any size',
    ],
    [
      'another type',
      [tensor('pcm', ['batch', 16_000], 'float16'), STATE],
      OUTPUTS,
      'input pcm is float16[batch, 16000], must be float32[batch, 16000], the batch of any size',
    ],
    [
      'another shape of state',
      [PCM, tensor('state', ['batch', 6])],
      OUTPUTS,
      'input state is float32[batch, 6], must be float32[batch, 3, 2], the batch of any size',
    ],
    [
      'another number of labels',
      [PCM, STATE],
      [tensor('logits', ['batch', 5]), NEXT_STATE, SPEECH],
      'output logits is float32[batch, 5], must be float32[batch, 4], the batch of any size: config.json has 4 labels',
    ],
    [
      'an input that the card does not name',
      [PCM, STATE, tensor('mask', ['batch'])],
      OUTPUTS,
      'the graph has an input mask that earshot.json does not name',
    ],
    [
      'an output that is no tensor',
      [PCM, STATE],
      [LOGITS, NEXT_STATE, { name: 'speech', isTensor: false }],
      'output speech is no tensor[], must be float32[batch, n], the batch of any size',
    ],
  ];
  for (const [name, inputs, outputs, problem] of CASES)
    it(`disagree about ${name}`, () => assert.ok(graphProblems(PLAN, inputs, outputs).includes(problem)));
});
