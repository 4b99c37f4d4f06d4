import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encoded } from '../../../load-tests/generator/encode.js';
import { createDecoder } from '../../../server/audio/decoder.js';
import { ALAW_AMPLITUDES, MULAW_AMPLITUDES } from '../../../server/audio/g711.js';
import { hertz } from '../../../server/domain/units.js';
import { ENCODINGS, type Encoding } from '../../../proto/wire.js';

const amplitude = fc.float({ min: -1, max: 1, noNaN: true });
const roundTrip = (amplitudes: Float32Array, encoding: Encoding): Float32Array =>
  createDecoder({ encoding, sampleRate: hertz(8000), channels: 1 }).push(encoded(amplitudes, encoding))[0]!;

describe('The encoder of the load generator', () => {
  for (const [encoding, table] of [
    ['mulaw', MULAW_AMPLITUDES],
    ['alaw', ALAW_AMPLITUDES],
  ] as const)
    it(`takes the nearest ${encoding} code`, () =>
      fc.assert(
        fc.property(amplitude, (wanted) => {
          const nearest = Math.min(...Array.from(table, (given) => Math.abs(given - wanted)));
          const [got] = roundTrip(Float32Array.of(wanted), encoding);
          // The code is chosen among 16-bit steps.
          assert.ok(Math.abs(got! - wanted) <= nearest + 1 / 32_768, `${wanted} became ${got}`);
        }),
      ));

  for (const encoding of ENCODINGS)
    it(`writes ${encoding} that the server reads`, () => {
      const tone = Float32Array.from({ length: 400 }, (_, n) => Math.sin(n / 7) * 0.9);
      roundTrip(tone, encoding).forEach((got, n) => assert.ok(Math.abs(got - tone[n]!) < 0.04));
    });
});
