import { abortedBy } from './aborting.js';
import { systemClock } from './clock.js';
import type { Connect } from './connection.js';
import { quiet, rejected } from './deferred.js';
import type { IntentStream } from './intent-stream.js';
import { StreamCore } from './stream-core.js';
import { checkOptions } from './check-options.js';
import { startFrom, type StreamOptions } from './stream-options.js';

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_TIMEOUT_MS = 60_000;
const BUFFER_MS = 30_000;

/** Creates a stream over a transport and starts to connect. Throws EarshotError `bad_request` when the options are invalid. */
export function streamOver<O extends StreamOptions>(transport: (options: O) => Connect, options: O): IntentStream {
  checkOptions(options);
  const { signal } = options;
  const core = new StreamCore({
    connect: transport(options),
    start: startFrom(options),
    clock: systemClock,
    random: Math.random,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    reconnectTimeoutMs: options.reconnectTimeoutMs ?? RECONNECT_TIMEOUT_MS,
    bufferMs: options.bufferMs ?? BUFFER_MS,
  });
  if (signal) failOnSignal(core, signal);
  return core;
}

/** Creates a stream and resolves with it once it is open. Rejects with EarshotError, also when creating the stream throws it. */
export function opened(stream: () => IntentStream): Promise<IntentStream> {
  try {
    const opening = stream();
    return quiet(opening.opened.then(() => opening));
  } catch (error) {
    return rejected(error as Error);
  }
}

function failOnSignal(core: StreamCore, signal: AbortSignal): void {
  const onAbort = () => core.fail(abortedBy(signal, 'the stream'));
  if (signal.aborted) return onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  void core.closed.then(() => signal.removeEventListener('abort', onAbort));
}
