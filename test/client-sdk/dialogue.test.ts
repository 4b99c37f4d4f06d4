import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dialogue } from '../../client-sdk/examples/browser-bot/dialogue.js';
import { BUNDLED_MODELS } from '../support/real-server.js';

const card = JSON.parse(readFileSync(join(BUNDLED_MODELS, 'banking-intents/config.json'), 'utf8')) as {
  id2label: Record<string, string>;
};
const INTENTS = Object.values(card.id2label).filter((label) => label !== 'background');
const SILENCE = { intent: null, score: 0.1 };

describe("The front desk's dialogue", () => {
  for (const intent of INTENTS)
    it(`acts on ${intent}`, () => assert.notEqual(new Dialogue().next({ intent, score: 0.9 }).action, null));

  it('asks again twice when it does not understand, then puts the caller through', () => {
    const dialogue = new Dialogue();
    const turns = [SILENCE, SILENCE, SILENCE].map((heard) => dialogue.next(heard));
    assert.deepEqual(
      turns.map(({ action, isHandedOver }) => [action, isHandedOver]),
      [
        [null, false],
        [null, false],
        ['hand_over', true],
      ],
    );
    assert.equal(new Set(turns.map(({ say }) => say)).size, 3);
  });

  it('counts from the start again once it has understood', () => {
    const dialogue = new Dialogue();
    for (const heard of [SILENCE, SILENCE, { intent: 'balance', score: 0.9 }, SILENCE])
      assert.equal(dialogue.next(heard).isHandedOver, false);
  });

  it('acts on an intent that it is unsure of only when it hears it again', () => {
    const dialogue = new Dialogue();
    assert.equal(dialogue.next({ intent: 'freeze', score: 0.3 }).action, null);
    assert.equal(dialogue.next({ intent: 'freeze', score: 0.3 }).action, 'freeze_card');
    assert.equal(dialogue.next({ intent: 'freeze', score: 0.3 }).action, null);
    assert.equal(dialogue.next({ intent: 'balance', score: 0.3 }).action, null);
  });

  it('does not act on an intent that it has no answer for', () =>
    assert.equal(new Dialogue().next({ intent: 'order_tea', score: 0.9 }).action, null));
});
