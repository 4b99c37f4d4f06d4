import assert from 'node:assert/strict';
import { ToldReadiness } from '../server/told-readiness.js';
import type { Readiness } from '../server/transports/http/readiness.js';
import { ManualClock } from './support/manual-clock.js';

describe('The readiness that gRPC health checks report', () => {
  it('follows the server within a second, is set once per change, and stays "not serving" after the end', () => {
    const clock = new ManualClock();
    const told: boolean[] = [];
    let now: Readiness = { ready: true };
    const telling = new ToldReadiness({ setServing: (isServing) => told.push(isServing) }, () => now, clock);
    assert.deepEqual(told, [true]);
    now = { ready: false, reason: 'no inference worker is healthy' };
    clock.pass(1_000);
    clock.pass(5_000);
    assert.deepEqual(told, [true, false]);
    now = { ready: true };
    clock.pass(1_000);
    now = { ready: false, reason: 'draining' };
    telling.close();
    assert.deepEqual(told, [true, false, true, false]);
    assert.equal(clock.pendingAlarms, 0);
  });
});
