import type { Closed, Ready, ServerMessage } from '../../proto/wire.js';
import type { Chunk } from './chunk-bytes.js';
import type { Settings } from './stream-options.js';

/** `connecting` until `ready`; `draining` from `close()` to `closed`. */
export type StreamState = 'connecting' | 'open' | 'draining' | 'closed';

/**
 * An open stream of audio, and an async iterable of every message from the server, `ready` first. Iteration ends after `closed`, and
 * throws EarshotError when the stream ends otherwise. A promise that is left unawaited never becomes an unhandled rejection.
 */
export interface IntentStream extends AsyncIterable<ServerMessage, undefined> {
  readonly state: StreamState;
  /** Every setting with its default filled in, the model, the limits. */
  readonly ready: Ready;
  /** The totals, once the stream has ended as asked; rejects with EarshotError when it ends otherwise. */
  readonly closed: Promise<Closed>;
  /** How many tentative intents were dropped because nobody read them; nothing else is ever dropped. */
  readonly droppedTentatives: number;
  /** Sends audio of any length; resolves when there is room for more. The chunk may be reused at once. */
  send(chunk: Chunk): Promise<void>;
  /** Changes settings from the next event on. */
  configure(settings: Settings): Promise<void>;
  /** Ends the open utterance of every channel now. */
  finalize(): Promise<void>;
  /** Says that there is no audio at the moment. */
  keepalive(): Promise<void>;
  /** No more audio: resolves with the totals once everything sent is classified. */
  close(): Promise<Closed>;
  /** Ends the stream at once; audio on its way may go unclassified. */
  abort(): void;
}
