import assert from 'node:assert/strict';
import { differenceOf, type Answers } from '../../../load-tests/bench/same-answers.js';

const at = (endMs: number, ...scores: readonly (readonly [string, number])[]) => ({
  endMs,
  latencyMs: 0,
  scores: scores.map(([label, score]) => ({ label, score })),
});
const answers = (frames: number, ...intents: Answers['intents']): Answers => ({ frames, intents });

const OURS = answers(3, at(1000, ['freeze', 0.6], ['balance', 0.3]), at(1500, ['freeze', 0.9], ['balance', 0.05]));

describe('The comparison of answers', () => {
  for (const { title, theirs } of [
    { title: 'the same', theirs: OURS },
    {
      title: 'scores within the tolerance, and frames of which we said nothing',
      theirs: answers(
        3,
        at(1000, ['freeze', 0.601], ['balance', 0.299]),
        at(1500, ['freeze', 0.9], ['balance', 0.051]),
        at(2000, ['help', 0.9], ['freeze', 0.1]),
      ),
    },
    {
      title: 'a label left out that may score as little as ours',
      theirs: answers(3, OURS.intents[0]!, at(1500, ['freeze', 0.9], ['help', 0.0505])),
    },
  ])
    it(`accepts ${title}`, () => assert.equal(differenceOf(OURS, theirs), null));

  for (const { title, theirs, expected } of [
    { title: 'another number of frames', theirs: answers(2, ...OURS.intents), expected: '2 frames, not 3' },
    { title: 'a frame of which nothing is said', theirs: answers(3, OURS.intents[0]!), expected: 'nothing at 1500 ms' },
    {
      title: 'another score',
      theirs: answers(3, OURS.intents[0]!, at(1500, ['freeze', 0.8], ['balance', 0.05])),
      expected: 'freeze 0.8, not 0.9 at 1500 ms',
    },
    {
      title: 'another leading label',
      theirs: answers(3, OURS.intents[0]!, at(1500, ['help', 0.95], ['freeze', 0.9], ['balance', 0.05])),
      expected: 'help, not freeze at 1500 ms',
    },
    {
      title: 'a label left out that scores too much to be',
      theirs: answers(3, OURS.intents[0]!, at(1500, ['freeze', 0.9], ['help', 0.01])),
      expected: 'balance 0.01, not 0.05 at 1500 ms',
    },
  ])
    it(`names ${title}`, () => assert.equal(differenceOf(OURS, theirs), expected));

  it('objects when our side has no answers to compare', () =>
    assert.equal(differenceOf(answers(3), answers(3)), 'nothing was said to compare'));

  it('accepts labels of about the same score in another order', () => {
    const ours = answers(1, at(1000, ['freeze', 0.5], ['balance', 0.499]));
    const theirs = answers(1, at(1000, ['balance', 0.5], ['freeze', 0.4995]));
    assert.equal(differenceOf(ours, theirs), null);
  });
});
