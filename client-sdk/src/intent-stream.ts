import type { Closed, Ready } from '../../proto/wire.js';
import type { Chunk } from './chunk-bytes.js';
import type { Ended, StreamEvents, StreamMessage, StreamState, Subscribable } from './stream-events.js';
import type { Settings } from './stream-options.js';

/** Gives up waiting; what was asked for is done all the same. */
export interface Waiting {
  readonly signal?: AbortSignal;
}

/**
 * A stream of audio and what is said about it, over as many connections as it takes. An async iterable of every message, `ready`
 * first; iteration ends after `closed`, and throws EarshotError when the stream ends otherwise. A promise that is left unawaited never becomes an
 * unhandled rejection.
 */
export interface IntentStream extends AsyncIterable<StreamMessage, undefined> {
  readonly state: StreamState;
  /** Resolves at the first `ready`; rejects with EarshotError when the stream ends before. */
  readonly opened: Promise<Ready>;
  /** Settings with their defaults, the model, the limits, as the present session has them; throws `invalid_state` before the first `ready`. */
  readonly ready: Ready;
  /** How the stream ended, once it has; never rejects. */
  readonly closed: Promise<Ended>;
  /** Milliseconds of audio that the server has not confirmed. */
  readonly backlogMs: number;
  /** Milliseconds of audio that `send` refused because the buffer was full. */
  readonly droppedMs: number;
  /** How many tentative intents were dropped because nobody read them; no other message is. */
  readonly droppedTentatives: number;
  /**
   * Takes audio of any length, cut anywhere, in every state before `close()`; the chunk may be reused at once. Resolves with
   * `backlogMs` when there is room for more, so that whoever awaits it is slowed to what the network takes. When the buffer (`bufferMs`) is full the chunk is not
   * taken and `send` rejects with `buffer_full`.
   */
  send(chunk: Chunk, waiting?: Waiting): Promise<number>;
  /** Changes settings from the next event on. */
  configure(settings: Settings): Promise<void>;
  /** Ends the open utterance of every channel now; its final intent comes at once. */
  finalize(): Promise<void>;
  /** No more audio: resolves with the totals once everything sent is classified; rejects with EarshotError when the stream ends otherwise. */
  close(waiting?: Waiting): Promise<Closed>;
  /** Ends the stream at once; audio on its way may go unclassified. */
  abort(): void;
  /** Calls `listener` for every event of a type, until the function that it returns is called, or the signal fires. */
  on<K extends keyof StreamEvents>(type: K, listener: (event: StreamEvents[K]) => void, until?: Waiting): () => void;
  /** The messages as an Observable, for RxJS's `from` and its like; Symbol.observable gives the same where there is one. */
  ['@@observable'](): Subscribable<StreamMessage>;
}
