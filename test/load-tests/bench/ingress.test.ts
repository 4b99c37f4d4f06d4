import assert from 'node:assert/strict';
import { bytesOf, MULAW_20, oneUtterance, PCM_100, unbrokenSpeech } from '../../../load-tests/bench/ingress.js';

describe('The audio of a benchmark', () => {
  for (const ingress of [PCM_100, MULAW_20])
    it(`repeats one utterance for as long as it is asked to, in ${ingress.name}`, () => {
      const [once, audio] = [oneUtterance(ingress), unbrokenSpeech(ingress, 10_000)];
      assert.equal(audio.length, bytesOf(ingress, 10_000));
      assert.deepEqual(audio.subarray(0, once.length), Buffer.from(once));
      assert.deepEqual(audio.subarray(once.length, 2 * once.length), Buffer.from(once));
      assert.deepEqual(audio.subarray(2 * once.length), Buffer.from(once.subarray(0, audio.length - 2 * once.length)));
    });
});
