import assert from 'node:assert/strict';
import { RestartBackoff } from '../../server/inference/restart-backoff.js';

describe('The wait before a restart', () => {
  it('doubles with every failure, up to ten seconds', () => {
    const backoff = new RestartBackoff();
    assert.deepEqual(
      Array.from({ length: 9 }, () => backoff.nextDelay(0)),
      [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000],
    );
  });

  it('is short again after a healthy minute', () => {
    const backoff = new RestartBackoff();
    for (let failure = 0; failure < 5; failure += 1) backoff.nextDelay(59_999);
    assert.equal(backoff.nextDelay(60_000), 100);
  });
});
