import assert from 'node:assert/strict';
import { joined } from '../../../load-tests/generator/voices.js';
import { hertz } from '../../../server/domain/units.js';

const resampled = (samples: number): Float32Array =>
  joined([{ rate: hertz(8_000), amplitudes: new Float32Array(samples).fill(0.5) }], hertz(16_000));

describe('The voices of a load test', () => {
  it('begin as they would if they were longer, however short they are', () =>
    assert.deepEqual(resampled(400).subarray(0, 700), resampled(2_000).subarray(0, 700)));
});
