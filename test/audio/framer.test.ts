import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFramer, type CutFrame } from '../../server/audio/framer.js';
import { samples } from '../../server/domain/units.js';
import { cutsOf, pieces } from './signal.js';

/** Each sample is its own position, counted from 1, so that a zero is seen to be padding. */
const ramp = (length: number, from = 1) => Float32Array.from({ length }, (_, n) => from + n);
const zeros = (length: number) => new Float32Array(length);
const framerOf = (hop: number) => createFramer({ hop: samples(hop) });
const places = (frames: CutFrame[]) => frames.map(({ fresh, end }) => [fresh, end]);

describe('framer', () => {
  it('cuts no frame before a full second is there', () => {
    assert.deepEqual(framerOf(8000).push(ramp(15_999)), []);
  });

  it('cuts the first frame with the sample that completes a second', () => {
    const framer = framerOf(8000);
    framer.push(ramp(15_999));
    assert.deepEqual(framer.push(ramp(1, 16_000)), [{ samples: ramp(16_000), fresh: 16_000, end: 16_000 }]);
  });

  it('cuts the newest second every hop from then on', () => {
    const frames = framerOf(3_840).push(ramp(24_000));
    assert.deepEqual(frames.slice(1), [
      { samples: ramp(16_000, 3_841), fresh: 3_840, end: 19_840 },
      { samples: ramp(16_000, 7_681), fresh: 3_840, end: 23_680 },
    ]);
  });

  it('cuts frames that do not overlap when the hop is a second', () => {
    const [, second] = framerOf(16_000).push(ramp(32_000));
    assert.deepEqual(second?.samples, ramp(16_000, 16_001));
  });

  it('gives every frame memory of its own: writing to one changes no other', () => {
    const framer = framerOf(8000);
    framer.push(ramp(16_000))[0]!.samples.fill(0);
    assert.deepEqual(framer.push(ramp(8000, 16_001))[0]!.samples.subarray(8000), ramp(8000, 16_001));
  });

  it('keeps no reference to the samples it was given', () => {
    const framer = framerOf(8000);
    const chunk = ramp(10_000);
    framer.push(chunk);
    chunk.fill(0);
    assert.deepEqual(framer.push(ramp(6_000, 10_001))[0]!.samples, ramp(16_000));
  });

  it('pads what came before the first full second up to a second at the flush', () => {
    const framer = framerOf(8000);
    framer.push(ramp(3_000));
    assert.deepEqual(framer.flush(), [
      { samples: Float32Array.from([...ramp(3_000), ...zeros(13_000)]), fresh: 3_000, end: 3_000 },
    ]);
  });

  it('pads what came after the last frame up to a hop at the flush', () => {
    const framer = framerOf(8000);
    framer.push(ramp(17_000));
    assert.deepEqual(framer.flush(), [
      { samples: Float32Array.from([...ramp(9_000, 8_001), ...zeros(7_000)]), fresh: 1_000, end: 17_000 },
    ]);
  });

  it('flushes nothing when every sample was in a frame', () => {
    const framer = framerOf(8000);
    framer.push(ramp(24_000));
    assert.deepEqual(framer.flush(), []);
  });

  it('flushes nothing when nothing came', () => assert.deepEqual(framerOf(8000).flush(), []));

  it('needs a full new second after a flush, and counts positions on', () => {
    const framer = framerOf(8000);
    framer.push(ramp(17_000));
    framer.flush();
    assert.deepEqual(framer.push(ramp(15_999)), []);
    assert.deepEqual(framer.push(ramp(1, 16_000)), [{ samples: ramp(16_000), fresh: 16_000, end: 33_000 }]);
  });

  it('forgets the last second even when a flush had nothing to give', () => {
    const framer = framerOf(8000);
    framer.push(ramp(16_000));
    framer.flush();
    framer.push(ramp(100));
    assert.deepEqual(framer.flush()[0]?.samples, Float32Array.from([...ramp(100), ...zeros(15_900)]));
  });

  it('cuts the same frames however the audio is chunked', () => {
    const property = fc.property(fc.integer({ min: 1_600, max: 16_000 }), cutsOf(70_000), (hop, cuts) => {
      const [whole, cut] = [framerOf(hop), framerOf(hop)];
      const audio = ramp(70_000);
      const expected = [...whole.push(audio), ...whole.flush()];
      const frames = [...pieces(audio, cuts).flatMap((piece) => cut.push(piece)), ...cut.flush()];
      assert.deepEqual(places(frames), places(expected));
      for (const [i, frame] of frames.entries()) assert.deepEqual(frame.samples, expected[i]!.samples);
    });
    fc.assert(property, { numRuns: 30 });
  });

  it('gives every sample to exactly one frame as fresh', () => {
    const property = fc.property(
      fc.integer({ min: 1_600, max: 16_000 }),
      fc.nat({ max: 60_000 }),
      fc.nat({ max: 40_000 }),
      (hop, before, after) => {
        const framer = framerOf(hop);
        const frames = [framer.push(ramp(before)), framer.flush(), framer.push(ramp(after)), framer.flush()].flat();
        let end = 0;
        for (const frame of frames) assert.equal(frame.end, (end += frame.fresh));
        assert.equal(end, before + after);
      },
    );
    fc.assert(property, { numRuns: 50 });
  });
});
