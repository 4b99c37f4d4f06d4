import { quiet } from './deferred.js';

/** What a source of chunks may be able to do, apart from giving chunks. */
interface Leaving {
  /** A Readable has this. */
  destroy?(): unknown;
  /** A generator has this. */
  return?(): Promise<unknown>;
}

/** Lets go of a source that may never give another chunk: a Readable is destroyed, a generator is asked to return. */
export function letGo(source: object): void {
  const leaving: Leaving = source;
  if (leaving.destroy) leaving.destroy();
  else void quiet(Promise.resolve(leaving.return?.()));
}

/**
 * The same generator, of which `return` does not wait for a chunk that `source` may never give: it lets go of the source. Whoever
 * waits for that chunk is told that there is none.
 */
export function leavable<T>(chunks: AsyncGenerator<T, void, undefined>, source: object): typeof chunks {
  const [ask, leave] = [chunks.next.bind(chunks), chunks.return.bind(chunks)];
  let asked = 0;
  let isLeft = false;
  const next = async (): Promise<IteratorResult<T, void>> => {
    asked += 1;
    try {
      return await ask();
    } catch (problem) {
      if (isLeft) return { done: true, value: undefined };
      throw problem;
    } finally {
      asked -= 1;
    }
  };
  const leaveAtOnce = (): Promise<IteratorResult<T, void>> => {
    isLeft = true;
    if (asked > 0) letGo(source);
    return leave();
  };
  return Object.assign(chunks, { next, return: leaveAtOnce });
}
