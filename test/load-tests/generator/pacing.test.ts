import assert from 'node:assert/strict';
import fc from 'fast-check';
import { framesIn, Pacing } from '../../../load-tests/generator/pacing.js';
import { ChannelFramer } from '../../../server/pipeline/channel-framer.js';
import { hertz, milliseconds } from '../../../server/domain/units.js';

describe('Pacing', () => {
  it('says that audio is due with the chunk that completes it', () => {
    const pacing = new Pacing(500, 20);
    assert.equal(pacing.dueOfAudio(1000), pacing.dueOfChunk(49));
    assert.equal(pacing.dueOfAudio(1001), pacing.dueOfChunk(50));
    assert.equal(pacing.dueOfAudio(1020), pacing.dueOfChunk(50));
  });

  it('counts the frames that the server cuts, the padded one at the end included', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 10 }), (hundredths, hops) => {
        const [audioMs, hopMs] = [hundredths * 10, hops * 100];
        const framer = new ChannelFramer(0, hertz(16_000), milliseconds(hopMs));
        const frames = [...framer.push(new Float32Array(audioMs * 16), 0), ...framer.end(0)];
        assert.equal(framesIn({ frameMs: 1000, hopMs }, audioMs), frames.length);
      }),
    ));
});
