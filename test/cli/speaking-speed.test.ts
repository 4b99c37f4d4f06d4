import assert from 'node:assert/strict';
import { atSpeakingSpeed, inChunks } from '../../server/cli/speaking-speed.js';

const BYTES = new Uint8Array(250).map((_, index) => index);

describe('Speaking speed', () => {
  it('cuts audio into chunks of 100 ms, the last one shorter', () =>
    assert.deepEqual(
      [...inChunks(BYTES, 1000)].map(({ length }) => length),
      [100, 100, 50],
    ));

  it('lets no chunk go before it would have been spoken', async () => {
    const startedAt = performance.now();
    let played = 0;
    for await (const chunk of atSpeakingSpeed([BYTES], 1000, new AbortController().signal)) {
      played += chunk.length;
      assert.ok(
        performance.now() - startedAt >= played - 2,
        `${played} bytes after ${performance.now() - startedAt} ms`,
      );
    }
    assert.equal(played, BYTES.length);
  });

  it('stops at once when told to', async () => {
    const stop = new AbortController();
    const chunks = atSpeakingSpeed([BYTES], 1, stop.signal);
    setImmediate(() => stop.abort());
    assert.equal((await chunks.next()).done, true);
  });
});
