/** A promise and the two ends of it. A rejection that nobody awaits is no unhandled rejection. */
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

/** A promise rejected with `reason` that may be left unawaited. */
export const rejected = (reason: Error): Promise<never> => quiet(Promise.reject(reason));

/** The same promise, which may be left unawaited. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
