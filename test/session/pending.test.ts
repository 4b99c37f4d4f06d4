import assert from 'node:assert/strict';
import { startRequest } from '../support/memory-caller.js';
import { arrange, lastOf } from '../support/returning-callers.js';

describe('Callers that have not sent start', () => {
  it('are limited: the one that has waited longest is ended, and told why', () => {
    const { call, reception } = arrange({ maxPending: 2 });
    const [first, second, third] = [call(), call(), call()];
    const error = lastOf(first);
    assert.ok(error?.kind === 'error');
    assert.deepEqual([error.code, first.ends.length], ['overloaded', 1]);
    assert.match(error.message, /more than 2 connections/);
    assert.deepEqual([second.ends, third.ends, reception.count], [[], [], 2]);
  });

  it('never displace callers that have sent start', () => {
    const { call } = arrange({ maxPending: 2 });
    const streams = Array.from({ length: 5 }, () => call(startRequest()));
    for (let crowd = 0; crowd < 20; crowd++) call();
    streams.push(call(startRequest()));
    assert.deepEqual(
      streams.map((caller) => [caller.kinds, caller.ends]),
      streams.map(() => [['ready'], []]),
    );
  });

  it('make room when they hang up', () => {
    const { call } = arrange({ maxPending: 1 });
    const first = call();
    first.hangUp();
    const second = call();
    assert.deepEqual([first.ends, second.ends], [[], []]);
  });
});
