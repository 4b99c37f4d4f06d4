import type { Connect } from './connection.js';
import { rejected } from './deferred.js';
import { EarshotError } from './earshot-error.js';
import type { IntentStream } from './intent-stream.js';
import { StreamCore } from './stream-core.js';
import { startFrom, type StreamOptions } from './stream-options.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens a stream over a transport: resolves at `ready`, rejects with EarshotError. */
export function openOver(connect: Connect, options: StreamOptions): Promise<IntentStream> {
  const { signal } = options;
  if (signal?.aborted) return rejected(abortedBy(signal));
  let core: StreamCore;
  try {
    core = new StreamCore(startFrom(options), connect);
  } catch (error) {
    return rejected(error as Error);
  }
  failWhenLate(core, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  if (signal) failOnSignal(core, signal);
  return core.opening;
}

function failWhenLate(core: StreamCore, limit: number): void {
  const late = new EarshotError('connect_timeout', `the server was not ready within ${limit} ms`, { retryable: true });
  const timer = setTimeout(() => core.fail(late), limit);
  core.opening.finally(() => clearTimeout(timer)).catch(() => undefined);
}

function failOnSignal(core: StreamCore, signal: AbortSignal): void {
  const onAbort = () => core.fail(abortedBy(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  core.closed.finally(() => signal.removeEventListener('abort', onAbort)).catch(() => undefined);
}

const abortedBy = (signal: AbortSignal): EarshotError =>
  new EarshotError('aborted', 'the stream was aborted by its signal', { cause: signal.reason });
