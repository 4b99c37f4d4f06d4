import { quiet } from './deferred.js';
import { EarshotError } from './earshot-error.js';

/** The `aborted` error for the operation `what`, with the reason of the signal as its cause. */
export const abortedBy = (signal: AbortSignal, what: string): EarshotError =>
  new EarshotError('aborted', `${what} was aborted by its signal`, { cause: signal.reason });

/** Settles like `promise`, or rejects with `aborted` once the signal fires. Never causes an unhandled rejection. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (!signal) return quiet(promise);
  return quiet(
    new Promise<T>((resolve, reject) => {
      const abort = () => reject(abortedBy(signal, what));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    }),
  );
}
