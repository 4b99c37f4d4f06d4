import assert from 'node:assert/strict';
import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from '../../server/audio/g711.js';
import { hasSox, needs } from '../support/needs.js';
import { floatsOf, output } from './oracle.js';

const CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const RAW = ['-r', '8000', '-c', '1'];

describe('G.711', () => {
  for (const [encoding, amplitudes] of [
    ['mu-law', MULAW_AMPLITUDES],
    ['a-law', ALAW_AMPLITUDES],
  ] as const) {
    it(`expands all 256 codes of ${encoding} as sox does`, function () {
      needs(this, hasSox, 'sox');
      const args = ['-t', 'raw', '-e', encoding, '-b', '8', ...RAW, '-', '-t', 'raw', '-e', 'float', '-b', '32', '-'];
      assert.deepEqual(amplitudes, floatsOf(output('sox', args, CODES)));
    });
  }

  it('reaches the loudest values that the tables of the recommendation name', () => {
    assert.deepEqual([MULAW_AMPLITUDES[0x80], MULAW_AMPLITUDES[0x00]], [8031 / 8192, -8031 / 8192]);
    assert.deepEqual([ALAW_AMPLITUDES[0xaa], ALAW_AMPLITUDES[0x2a]], [4032 / 4096, -4032 / 4096]);
  });

  it('has silence where the recommendation has it', () => {
    assert.equal(MULAW_AMPLITUDES[0xff], 0);
    assert.equal(ALAW_AMPLITUDES[0xd5], 1 / 4096);
  });
});
