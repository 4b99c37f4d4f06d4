import type { Closed, Ready } from '../../proto/wire.js';
import type { Chunk } from './chunk-bytes.js';
import type { Ended, StreamEvents, StreamMessage, StreamState, Subscribable } from './stream-events.js';
import type { Settings } from './stream-options.js';

/**
 * An AbortSignal for a call that waits: when it fires, the returned promise rejects with `aborted`. Only the waiting ends; what was
 * asked for (to send the chunk, to close the stream) is still done.
 */
export interface Waiting {
  readonly signal?: AbortSignal;
}

/**
 * One stream: audio goes to the server, messages about it come back; a lost connection is replaced automatically. The stream is an
 * async iterable of all messages, `ready` first; iteration ends after `closed`, and throws EarshotError when the stream ends in any
 * other way. A rejected promise that you do not await never causes an unhandled rejection.
 */
export interface IntentStream extends AsyncIterable<StreamMessage, undefined> {
  readonly state: StreamState;
  /** Resolves with the first `ready`; rejects with EarshotError when the stream ends before it. */
  readonly opened: Promise<Ready>;
  /** The `ready` of the current session: settings with defaults filled in, model, limits. Throws `invalid_state` before the first. */
  readonly ready: Ready;
  /** Resolves when the stream has ended, and tells how; never rejects. */
  readonly closed: Promise<Ended>;
  /** Milliseconds of audio that were given to `send` and that the server has not yet confirmed. */
  readonly backlogMs: number;
  /** Milliseconds of audio that `send` refused because the buffer was full. */
  readonly droppedMs: number;
  /** How many tentative intents were dropped because nobody read them. Other messages are never dropped. */
  readonly droppedTentatives: number;
  /**
   * Sends audio of any length, cut anywhere; it may be called in every state before `close()`. The bytes are copied, so the chunk may
   * be reused at once. Resolves with `backlogMs` as soon as there is room for more: await it to send no faster than the network
   * allows. Rejects with `buffer_full` when `bufferMs` of audio is waiting (the chunk is not sent), `bad_request` when the chunk is
   * not audio in the stream's encoding, `aborted` when the signal fires while it waits (the chunk is sent nevertheless),
   * `invalid_state` after `close()`, and with the stream's error once an error has ended it.
   */
  send(chunk: Chunk, waiting?: Waiting): Promise<number>;
  /**
   * Changes the settings that are given, from the next event on. Resolves when the change is queued for sending. Rejects with
   * `bad_request` for invalid settings, `invalid_state` after `close()`, and with the stream's error once an error has ended it.
   */
  configure(settings: Settings): Promise<void>;
  /**
   * Ends the open utterance of every channel now; its final intent comes at once. Resolves when the request is queued for sending.
   * Rejects with `invalid_state` after `close()`, and with the stream's error once an error has ended it.
   */
  finalize(): Promise<void>;
  /**
   * Says that no more audio will come. Resolves with the totals once everything sent has been classified. May be called again.
   * Rejects with the stream's error when an error ends it first, and with `aborted` when the signal fires (the stream still closes).
   */
  close(waiting?: Waiting): Promise<Closed>;
  /** Ends the stream at once with the error `aborted`; audio in flight may remain unclassified. Does nothing after the end. */
  abort(): void;
  /**
   * Calls `listener` for every event of a type. The returned function removes the listener; so does the signal of `until`. Throws
   * EarshotError `bad_request` for a type that there is not, such as `error`: how a stream ends is told by `ended` and `closed`.
   */
  on<K extends keyof StreamEvents>(type: K, listener: (event: StreamEvents[K]) => void, until?: Waiting): () => void;
  /** The messages as an Observable, for `from` in RxJS and similar libraries. Also available as `Symbol.observable`, if defined. */
  ['@@observable'](): Subscribable<StreamMessage>;
}
