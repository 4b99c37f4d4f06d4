import assert from 'node:assert/strict';
import { TestScheduler } from 'rxjs/testing';
import { through } from '../../server/pipeline/through.js';

/** Pairs letters up; an odd one out comes at the flush. */
const pairs = () => {
  let held = '';
  return {
    push: (letter: string) => {
      held += letter;
      if (held.length < 2) return [];
      const pair = held;
      held = '';
      return [pair];
    },
    flush: () => (held ? [held] : []),
  };
};

const BROKEN = new Error('broken');

const marbles = (check: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => assert.deepEqual(actual, expected)).run(check);

describe('through', () => {
  it('emits what each push puts out and flushes at completion', () =>
    marbles(({ cold, expectObservable }) => {
      const source = cold('-a-b-c-|');
      expectObservable(source.pipe(through(pairs()))).toBe('---x---(y|)', { x: 'ab', y: 'c' });
    }));

  it('passes an error on without flushing', () =>
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a-#').pipe(through(pairs()))).toBe('--#');
    }));

  it('turns a throw of the transducer into an error of the stream', () =>
    marbles(({ cold, expectObservable }) => {
      const failing = {
        push: (): string[] => {
          throw BROKEN;
        },
        flush: () => [],
      };
      expectObservable(cold('-a-b|').pipe(through(failing))).toBe('-#', undefined, BROKEN);
    }));
});
