/** A promise with its `resolve` and `reject`. Rejecting it never causes an unhandled rejection. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (reason: Error) => void;

  constructor() {
    this.promise = quiet(
      new Promise<T>((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
      }),
    );
  }
}

/** A promise rejected with `reason`, which causes no unhandled rejection when nobody awaits it. */
export const rejected = (reason: Error): Promise<never> => quiet(Promise.reject(reason));

/** Returns the same promise; its rejection no longer causes an unhandled rejection when nobody awaits it. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
