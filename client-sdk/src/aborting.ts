import { quiet } from './deferred.js';
import { EarshotError } from './earshot-error.js';

/** The error of whoever gave up by this signal. */
export const abortedBy = (signal: AbortSignal, what: string): EarshotError =>
  new EarshotError('aborted', `${what} was aborted by its signal`, { cause: signal.reason });

/** Settles as `promise` does, or rejects with `aborted` once the signal fires; may be left unawaited. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T> {
  if (signal === undefined) return quiet(promise);
  return quiet(
    new Promise<T>((resolve, reject) => {
      const abort = () => reject(abortedBy(signal, what));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    }),
  );
}
